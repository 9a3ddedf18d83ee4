import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { createTokenKeys } from '../../../src/service/tokens/keys.ts';
import { openMemoryStore } from '../../../src/store/sqlite/index.ts';
import { CLIENT_ID, RESOURCE, START, TENANT, tokenWorld } from '../../kit/token-world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const kidOf = (bearer: string) => decodeProtectedHeader(bearer.slice(7)).kid as string;

test('processes that start at once on an empty store sign with one key', async () => {
  await using store = await openMemoryStore();
  const processes = [1, 2, 3].map(() => createTokenKeys({ store, milliseconds: () => START }));
  const kids = await Promise.all(processes.map(async (keys) => (await keys.signing()).kid));
  assert.equal(new Set(kids).size, 1);
  assert.equal((await store.serverKeys()).length, 1);
  assert.notEqual(await processes[0]!.verifying(kids[0]!), null);
});

test('what is published of a key is its public half', async () => {
  await using world = await tokenWorld();
  const keys = await world.keys.publicKeys();
  assert.deepEqual(Object.keys(keys[0] ?? {}).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
});

test('a new key is published a day before it signs, and the old one verifies as long as its tokens live', async () => {
  await using world = await tokenWorld();
  const first = await world.bearer();
  const next = await world.keys.rotate();
  assert.deepEqual((await world.keys.publicKeys()).map(({ kid }) => kid).sort(), [kidOf(first), next].sort());
  assert.equal(kidOf(await world.bearer()), kidOf(first));

  world.step(DAY + HOUR / 2);
  const last = await world.bearer();
  assert.equal(kidOf(last), kidOf(first));
  world.step(HOUR / 2);
  assert.equal(kidOf(await world.bearer()), next, 'the new key signs now');
  await world.keys.maintain();
  assert.equal((await world.verifier.verify(last)).kind, 'application');

  world.step(3 * HOUR);
  await world.keys.maintain();
  assert.deepEqual(
    (await world.keys.publicKeys()).map(({ kid }) => kid),
    [next],
  );
});

test('a key that was retired refuses its tokens at once, verified ones too', async () => {
  await using world = await tokenWorld();
  const bearer = await world.bearer();
  await world.verifier.verify(bearer);
  await world.keys.retire(kidOf(bearer));
  assert.equal(world.verifier.verifyCached(bearer), null);
  await assert.rejects(world.verifier.verify(bearer), /not signed by a key of this server/);
  const successor = await world.bearer();
  assert.notEqual(kidOf(successor), kidOf(bearer));
  assert.equal((await world.verifier.verify(successor)).kind, 'application');
});

test('a key that another process made is found when its first token arrives', async () => {
  await using world = await tokenWorld();
  const other = createTokenKeys({ store: world.store, milliseconds: () => world.now() });
  await world.bearer();
  const next = await other.rotate();
  world.step(DAY + HOUR);
  assert.equal((await other.signing()).kid, next);
  assert.notEqual(await world.keys.verifying(next), null);
});

test('invented key names make the store be read at most every two seconds', async () => {
  await using world = await tokenWorld();
  let reads = 0;
  const keys = createTokenKeys({
    milliseconds: () => world.now(),
    store: {
      serverKeys: () => {
        reads += 1;
        return world.store.serverKeys();
      },
      addServerKey: (key) => world.store.addServerKey(key),
      retireServerKey: (id, at) => world.store.retireServerKey(id, at),
    },
  });
  await keys.signing();
  for (let attempt = 0; attempt < 20; attempt += 1)
    assert.equal(await keys.verifying(`invented ${attempt}`), null);
  assert.equal(reads, 2, 'once for the key that signs, once for the first invented name');
  world.step(2000);
  await keys.verifying('invented');
  assert.equal(reads, 3);
});

test('a key that another process began to sign with just after the keys were read is found', async () => {
  await using world = await tokenWorld();
  const other = createTokenKeys({ store: world.store, milliseconds: () => world.now() });
  const { kid } = await other.signing();
  await world.keys.maintain();
  await other.retire(kid);
  const next = await other.signing();
  assert.notEqual(next.kid, kid);
  assert.notEqual(await world.keys.verifying(next.kid), null);
});

test('a key of ninety days gets its successor by itself, once', async () => {
  await using world = await tokenWorld();
  await world.keys.maintain();
  assert.equal((await world.keys.publicKeys()).length, 1);
  world.step(90 * DAY);
  await world.keys.maintain();
  await world.keys.maintain();
  assert.equal((await world.keys.publicKeys()).length, 2);
});

test('a token has the claims of a v1.0 token of the vendor', async () => {
  await using world = await tokenWorld();
  await world.applications.setPermissions(TENANT.id, CLIENT_ID, [
    'Machine.RestrictExecution',
    'Machine.Read.All',
  ]);
  const bearer = await world.bearer();
  const { oid, sub, uti, ...claims } = decodeJwt(bearer.slice(7));
  const now = Math.floor(START / 1000);
  const issuer = `https://cordon.test/${TENANT.id}/`;
  assert.deepEqual(claims, {
    aud: RESOURCE,
    iss: issuer,
    iat: now - 300,
    nbf: now - 300,
    exp: now + 3599,
    app_displayname: 'soar-connector',
    appid: CLIENT_ID,
    appidacr: '1',
    idp: issuer,
    roles: ['Machine.RestrictExecution', 'Machine.Read.All'],
    tid: TENANT.id,
    ver: '1.0',
  });
  assert.match(oid as string, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.equal(sub, oid);
  assert.notEqual(oid, CLIENT_ID);
  assert.notEqual(uti, decodeJwt((await world.bearer()).slice(7)).uti);
  assert.deepEqual(Object.keys(decodeProtectedHeader(bearer.slice(7))).sort(), ['alg', 'kid', 'typ']);
});
