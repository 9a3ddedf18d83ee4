import assert from 'node:assert/strict';
import test from 'node:test';
import { isVendorAudience } from '../../../src/service/tokens/audiences.ts';
import { createVerifier } from '../../../src/service/tokens/verify.ts';
import { CLIENT_ID, PUBLIC_URL, RESOURCE, TENANT, tokenWorld } from '../../kit/token-world.ts';

const UNAUTHORIZED = { code: 'Unauthorized' };

test('a token of the embedded issuer names the application, its tenant and its permissions', async () => {
  await using world = await tokenWorld();
  await world.applications.setPermissions(TENANT.id, CLIENT_ID, ['Machine.Read.All', 'Machine.Isolate']);
  assert.deepEqual(await world.verifier.verify(await world.bearer()), {
    kind: 'application',
    tenantId: TENANT.id,
    id: CLIENT_ID,
    name: 'soar-connector',
    permissions: ['Machine.Read.All', 'Machine.Isolate'],
  });
});

test('an application without permissions gets a token without roles, and may do nothing', async () => {
  await using world = await tokenWorld();
  await world.applications.setPermissions(TENANT.id, CLIENT_ID, []);
  const caller = await world.verifier.verify(await world.bearer());
  assert.deepEqual(caller.permissions, []);
});

test('every name of the resource is accepted as audience, in any case and with or without a slash', async () => {
  await using world = await tokenWorld();
  const names = [
    RESOURCE,
    'https://api.security.microsoft.com',
    'https://eu.api.security.microsoft.com',
    'https://api-eu.securitycenter.microsoft.com',
    'https://api-gov.securitycenter.microsoft.us',
    'https://api.securitycenter.windows.com',
    'https://securitycenter.onmicrosoft.com/windowsatpservice',
    'https://securitycenter.microsoft.com/mtp',
    'fc780465-2017-40d4-a0c5-307022471b92',
    PUBLIC_URL,
  ];
  for (const name of names.flatMap((text) => [text, `${text}/`, text.toUpperCase()])) {
    assert.equal((await world.verifier.verify(await world.bearer(name))).kind, 'application', name);
  }
  for (const name of [
    '',
    '/',
    `${PUBLIC_URL}//`,
    `${PUBLIC_URL}.evil.example`,
    'https://graph.microsoft.com',
    'cordon.test',
  ]) {
    await assert.rejects(world.verifier.verify(await world.bearer(name)), UNAUTHORIZED, name);
  }
});

test("the vendor's names are known in every spelling, and this server's own is none of them", () => {
  for (const name of [
    RESOURCE,
    `${RESOURCE}/`,
    `${RESOURCE}/.default`,
    `${RESOURCE}//.default`,
    RESOURCE.toUpperCase(),
  ]) {
    assert.ok(isVendorAudience(name), name);
  }
  assert.ok(!isVendorAudience(PUBLIC_URL));
});

test('a token that was verified is answered without waiting until it expires', async () => {
  await using world = await tokenWorld();
  const bearer = await world.bearer();
  assert.equal(world.verifier.verifyCached(bearer), null);
  assert.equal(world.verifier.verifyCached(undefined), null);
  const caller = await world.verifier.verify(bearer);
  assert.equal(world.verifier.verifyCached(bearer), caller);
  world.step(3_599_000);
  assert.equal(await world.verifier.verify(bearer), caller);
  world.step(59_000);
  assert.equal(await world.verifier.verify(bearer), caller, 'within the tolerance of clocks');
  world.step(2000);
  assert.equal(world.verifier.verifyCached(bearer), null);
  await assert.rejects(world.verifier.verify(bearer), /has expired/);
});

test('a revoked application is refused at once by the process that revoked it', async () => {
  await using world = await tokenWorld();
  const bearer = await world.bearer();
  await world.verifier.verify(bearer);
  await world.applications.revoke(TENANT.id, CLIENT_ID);
  assert.equal(world.verifier.verifyCached(bearer), null);
  await assert.rejects(world.verifier.verify(bearer), /was revoked/);
  assert.equal(world.verifier.verifyCached(bearer), null);
});

test('an application that another process revoked is refused five seconds later', async () => {
  await using world = await tokenWorld();
  const bearer = await world.bearer();
  await world.verifier.verify(bearer);
  await world.store.revokeApplication(TENANT.id, CLIENT_ID, '2026-03-02T09:15:20.0000000Z');
  world.step(4999);
  assert.notEqual(world.verifier.verifyCached(bearer), null);
  world.step(1);
  assert.equal(world.verifier.verifyCached(bearer), null);
  await assert.rejects(world.verifier.verify(bearer), /was revoked/);
});

test('a revocation during the look at the application is not missed', async () => {
  await using world = await tokenWorld();
  const bearer = await world.bearer();
  const found = await world.store.application(CLIENT_ID, TENANT.id);
  let looks = 0;
  const verifier = createVerifier({
    publicUrl: () => PUBLIC_URL,
    keys: world.keys,
    external: [],
    milliseconds: () => world.now(),
    accessStore: {
      async application() {
        looks += 1;
        if (looks > 1) return null;
        verifier.applicationChanged(TENANT.id, CLIENT_ID);
        return found;
      },
    },
  });
  await assert.rejects(verifier.verify(bearer), /was revoked/);
  assert.equal(looks, 2);
  assert.equal(verifier.verifyCached(bearer), null);
});

test('one look at the application serves all its calls of the moment', async () => {
  await using world = await tokenWorld();
  const bearers = [await world.bearer(), await world.bearer()];
  let looks = 0;
  const verifier = createVerifier({
    publicUrl: () => PUBLIC_URL,
    keys: world.keys,
    external: [],
    milliseconds: () => world.now(),
    accessStore: {
      application(id, tenantId) {
        looks += 1;
        return world.store.application(id, tenantId);
      },
    },
  });
  await Promise.all([...bearers, ...bearers].map((bearer) => verifier.verify(bearer)));
  assert.equal(looks, 1);
});

test('a store that cannot answer is a 503 and not a refusal of the token', async () => {
  await using world = await tokenWorld();
  const bearer = await world.bearer();
  const { CordonError } = await import('../../../src/domain/error.ts');
  const verifier = createVerifier({
    publicUrl: () => PUBLIC_URL,
    keys: world.keys,
    external: [],
    milliseconds: () => world.now(),
    accessStore: { application: () => Promise.reject(new CordonError('ServiceUnavailable', 'busy')) },
  });
  await assert.rejects(verifier.verify(bearer), { code: 'ServiceUnavailable' });
  assert.equal(verifier.verifyCached(bearer), null);
});

test('a server under another public address does not take the token', async () => {
  await using world = await tokenWorld();
  const bearer = await world.bearer();
  const elsewhere = createVerifier({
    publicUrl: () => 'https://other.test',
    keys: world.keys,
    external: [],
    milliseconds: () => world.now(),
    accessStore: world.store,
  });
  await assert.rejects(elsewhere.verify(bearer), /issuer/);
});
