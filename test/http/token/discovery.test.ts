import assert from 'node:assert/strict';
import test from 'node:test';
import { PUBLIC_URL, TENANT, type TokenWorld, tokenWorld } from '../../kit/token-world.ts';

async function get(world: TokenWorld, url: string) {
  const reply = await world.app.inject({ method: 'GET', url });
  return { status: reply.statusCode, headers: reply.headers, body: reply.json() };
}

test('discovery names the endpoints below the configured address, in both versions', async () => {
  await using world = await tokenWorld();
  const base = `${PUBLIC_URL}/${TENANT.id}`;
  const expected = {
    [`/${TENANT.id}/.well-known/openid-configuration`]: ['oauth2/token', 'discovery/keys'],
    [`/${TENANT.id}/v2.0/.well-known/openid-configuration`]: ['oauth2/v2.0/token', 'discovery/v2.0/keys'],
    '/contoso/v2.0/.well-known/openid-configuration': ['oauth2/v2.0/token', 'discovery/v2.0/keys'],
    '/common/v2.0/.well-known/openid-configuration': ['oauth2/v2.0/token', 'discovery/v2.0/keys'],
    '/.well-known/openid-configuration': ['oauth2/token', 'discovery/keys'],
    '/V2.0/.Well-Known/OpenID-Configuration': ['oauth2/v2.0/token', 'discovery/v2.0/keys'],
  };
  for (const [url, [token, keys]] of Object.entries(expected)) {
    const { status, body } = await get(world, url);
    assert.equal(status, 200, url);
    assert.equal(body.issuer, `${base}/`, url);
    assert.equal(body.token_endpoint, `${base}/${token}`);
    assert.equal(body.jwks_uri, `${base}/${keys}`);
    assert.ok(body.authorization_endpoint.startsWith(`${base}/`));
    assert.deepEqual(body.grant_types_supported, ['client_credentials']);
  }
});

test('the issuer and the key address that discovery names are those of the tokens', async () => {
  await using world = await tokenWorld();
  const { createRemoteJWKSet, customFetch, jwtVerify } = await import('jose');
  const { body } = await get(world, `/${TENANT.id}/.well-known/openid-configuration`);
  const keys = createRemoteJWKSet(new URL(body.jwks_uri), {
    [customFetch]: async (url: string) =>
      new Response(JSON.stringify((await get(world, new URL(url).pathname)).body)),
  });
  const token = (await world.bearer()).slice(7);
  const { payload } = await jwtVerify(token, keys, {
    issuer: body.issuer,
    currentDate: new Date(world.now()),
  });
  assert.equal(payload.tid, TENANT.id);
});

test('keys are public only, and cached for less than the day that a new one is published ahead', async () => {
  await using world = await tokenWorld();
  for (const url of [
    `/${TENANT.id}/discovery/keys`,
    `/${TENANT.id}/discovery/v2.0/keys`,
    '/common/discovery/keys',
    '/discovery/v2.0/keys',
  ]) {
    const { status, headers, body } = await get(world, url);
    assert.equal(status, 200, url);
    assert.equal(body.keys.length, 1);
    assert.equal(body.keys[0].kty, 'RSA');
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi']) assert.ok(!(secret in body.keys[0]), secret);
    assert.equal(headers['cache-control'], 'public, max-age=3600');
  }
});

test('with several tenants, an address without one has the placeholder', async () => {
  await using world = await tokenWorld();
  await world.store.createTenant({
    id: 'aaaaaaaa-0f0e-4c52-9a4f-3a1d0c6b5e21',
    name: 'fabrikam',
    createdAt: '2026-03-02T09:15:20.0000000Z',
  });
  const { body } = await get(world, '/common/v2.0/.well-known/openid-configuration');
  assert.equal(body.issuer, `${PUBLIC_URL}/{tenantid}/`);
  assert.equal(body.token_endpoint, `${PUBLIC_URL}/common/oauth2/v2.0/token`);
  assert.equal(
    (await get(world, '/fabrikam/.well-known/openid-configuration')).body.issuer,
    `${PUBLIC_URL}/aaaaaaaa-0f0e-4c52-9a4f-3a1d0c6b5e21/`,
  );
});

test('an unknown tenant has neither discovery nor keys', async () => {
  await using world = await tokenWorld();
  for (const url of [
    '/nowhere/.well-known/openid-configuration',
    '/nowhere/discovery/keys',
    `/${'x'.repeat(1500)}/discovery/keys`,
  ]) {
    const { status, headers, body } = await get(world, url);
    assert.deepEqual([status, body.error_codes], [400, [90002]]);
    assert.equal(headers['cache-control'], 'no-store');
  }
});

test('instance discovery leads a client back to this server', async () => {
  await using world = await tokenWorld();
  const { status, body } = await get(
    world,
    '/common/discovery/instance?api-version=1.1&authorization_endpoint=https://x',
  );
  assert.equal(status, 200);
  assert.equal(body.tenant_discovery_endpoint, `${PUBLIC_URL}/common/v2.0/.well-known/openid-configuration`);
  assert.deepEqual(body.metadata[0].aliases, ['cordon.test']);
});

test('the emulator says that it knows the password grant', async () => {
  await using world = await tokenWorld({ passwordGrant: true });
  const { body } = await get(world, `/${TENANT.id}/.well-known/openid-configuration`);
  assert.deepEqual(body.grant_types_supported, ['client_credentials', 'password']);
});
