import assert from 'node:assert/strict';
import test from 'node:test';
import type { JWTPayload } from 'jose';
import { parseExternalIssuers } from '../../../src/service/tokens/external-config.ts';
import { PROVIDER_TIMING, type ProviderTiming } from '../../../src/service/tokens/provider.ts';
import { type OidcProvider, oidcProvider } from '../../kit/oidc-provider.ts';
import { START, signingKey, TENANT, type TokenWorld, tokenWorld } from '../../kit/token-world.ts';
import { hostileTokens } from '../../kit/tokens.ts';

const TID = '0d5a8f8e-1111-4a2b-9c3d-4e5f60718293';
const AUDIENCE = 'api://cordon';
const NOW = Math.floor(START / 1000);

/** An application token as Entra ID's v2.0 endpoint makes it. */
const APPLICATION: JWTPayload = {
  aud: AUDIENCE,
  exp: NOW + 3600,
  nbf: NOW - 300,
  azp: 'e1',
  oid: 'o1',
  sub: 'o1',
  tid: TID,
  roles: ['Machine.Read.All'],
};
const USER: JWTPayload = {
  aud: AUDIENCE,
  exp: NOW + 3600,
  azp: 'e1',
  oid: 'u1',
  sub: 'pairwise',
  tid: TID,
  scp: 'Machine.Read Machine.RestrictExecution',
  preferred_username: 'Responder@Contoso.example',
  name: 'A Responder',
  groups: ['g1', 'g2'],
  roles: ['Cordon.Manage.All'],
};

interface Setup extends AsyncDisposable {
  readonly provider: OidcProvider;
  readonly world: TokenWorld;
  verify(claims: object, header?: Record<string, unknown>): Promise<unknown>;
}

async function setup(config: object = {}, timing: Partial<ProviderTiming> = {}): Promise<Setup> {
  const provider = await oidcProvider();
  const entry = { issuer: provider.url, audience: AUDIENCE, tenants: { [TID]: TENANT.id }, ...config };
  const issuers = parseExternalIssuers(
    JSON.parse(JSON.stringify([entry]).replaceAll('{provider}', provider.url)),
  );
  const world = await tokenWorld({ issuers, timing: { ...PROVIDER_TIMING, ...timing } });
  return {
    provider,
    world,
    verify: async (claims, header) =>
      world.verifier.verify(`Bearer ${await provider.sign({ iss: provider.url, ...claims }, header)}`),
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
    },
  };
}

test('an application of an external provider calls with its roles', async () => {
  await using s = await setup();
  assert.deepEqual(await s.verify(APPLICATION), {
    kind: 'application',
    tenantId: TENANT.id,
    id: 'e1',
    name: 'e1',
    permissions: ['Machine.Read.All'],
  });
});

test('a user of an external provider calls with the scopes, never with the roles', async () => {
  await using s = await setup();
  assert.deepEqual(await s.verify(USER), {
    kind: 'user',
    tenantId: TENANT.id,
    principal: 'Responder@Contoso.example',
    name: 'A Responder',
    objectId: 'u1',
    groups: ['g1', 'g2'],
    permissions: ['Machine.Read', 'Machine.RestrictExecution'],
    administrator: false,
  });
});

test('v1.0 claims, RFC 9068 claims and lists of scopes are understood', async () => {
  await using s = await setup();
  const { azp, preferred_username, ...v1 } = USER;
  const user = (await s.verify({ ...v1, appid: azp, unique_name: preferred_username })) as {
    principal: string;
  };
  assert.equal(user.principal, 'Responder@Contoso.example');
  const { scp, ...list } = USER;
  assert.deepEqual(
    ((await s.verify({ ...list, scp: ['Machine.Read'] })) as { permissions: string[] }).permissions,
    ['Machine.Read'],
  );
  const rfc9068 = {
    ...APPLICATION,
    azp: undefined,
    oid: undefined,
    client_id: 'c9',
    sub: 'c9',
    scope: 'whatever',
  };
  const application = (await s.verify(rfc9068, { typ: 'at+jwt' })) as { kind: string; permissions: string[] };
  assert.deepEqual([application.kind, application.permissions], ['application', ['Machine.Read.All']]);
});

test('roles of a user never pass for those of an application', async () => {
  await using s = await setup();
  const { scp, preferred_username, ...bare } = USER;
  const wrong: Record<string, JWTPayload> = {
    'no scp and no names': bare,
    'an ID token': { ...bare, nonce: 'n' },
    'an ID token of an application-like subject': { ...APPLICATION, at_hash: 'h' },
    'idtyp user': { ...APPLICATION, idtyp: 'user' },
    'names without scp': { ...APPLICATION, upn: 'someone@contoso.example' },
    'no client': { ...APPLICATION, azp: undefined },
  };
  for (const [name, claims] of Object.entries(wrong)) {
    await assert.rejects(s.verify(claims), { code: 'Unauthorized' }, name);
  }
  assert.equal(((await s.verify({ ...bare, idtyp: 'app' })) as { kind: string }).kind, 'application');
});

test('audience, issuer, tenant and times are checked', async () => {
  await using s = await setup();
  const wrong: Record<string, [object, RegExp]> = {
    'another audience': [{ ...APPLICATION, aud: 'api://other' }, /audience/],
    "the vendor's audience": [
      { ...APPLICATION, aud: 'https://api.securitycenter.microsoft.com' },
      /audience/,
    ],
    'our own address as audience': [{ ...APPLICATION, aud: 'https://cordon.test' }, /audience/],
    'another issuer': [{ ...APPLICATION, iss: 'https://login.microsoftonline.com/common/v2.0' }, /issuer/],
    'an issuer with a slash more': [{ ...APPLICATION, iss: `${s.provider.url}/` }, /issuer/],
    'a tenant that is not in the map': [
      { ...APPLICATION, tid: 'ffffffff-1111-4a2b-9c3d-4e5f60718293' },
      /tenant/,
    ],
    'no tenant': [{ ...APPLICATION, tid: undefined }, /tenant/],
    expired: [{ ...APPLICATION, exp: NOW - 120 }, /expired/],
    'no expiry': [{ ...APPLICATION, exp: undefined }, /expiry/],
    'not valid yet': [{ ...APPLICATION, nbf: NOW + 120 }, /not valid yet/],
  };
  for (const [name, [claims, message]] of Object.entries(wrong)) {
    await assert.rejects(s.verify(claims), { code: 'Unauthorized', message }, name);
  }
  assert.equal(
    ((await s.verify({ ...APPLICATION, aud: ['x', AUDIENCE], exp: NOW - 30 })) as { kind: string }).kind,
    'application',
  );
});

test('keys of one issuer never serve for tokens of another', async () => {
  await using s = await setup();
  const ours = (await s.world.bearer()).slice(7);
  const key = await signingKey(s.world.store);
  const { signed } = await import('../../kit/tokens.ts');
  const forgedHere = await signed({ ...APPLICATION, iss: s.provider.url }, key);
  await assert.rejects(s.world.verifier.verify(`Bearer ${forgedHere}`), { code: 'Unauthorized' });
  const { decodeJwt } = await import('jose');
  await assert.rejects(s.verify(decodeJwt(ours)), { code: 'Unauthorized' });
  for (const [wrong, token] of await hostileTokens(
    await s.provider.sign({ iss: s.provider.url, ...APPLICATION }),
    key,
    START,
  )) {
    await assert.rejects(s.world.verifier.verify(`Bearer ${token}`), { code: 'Unauthorized' }, wrong);
  }
});

test('a new key of the provider is fetched when its first token arrives, and the old one is forgotten', async () => {
  await using s = await setup({}, { cooldown: 0 });
  await s.verify(APPLICATION);
  const old = await s.provider.sign({ iss: s.provider.url, ...APPLICATION, jti: 'other' });
  await s.provider.rotate('ES256');
  await s.verify(APPLICATION);
  assert.equal(s.provider.asked.keys, 2);
  assert.equal(s.provider.asked.discovery, 1);
  await assert.rejects(s.world.verifier.verify(`Bearer ${old}`), { code: 'Unauthorized' });
});

test('invented key names do not make us ask the provider again and again', async () => {
  await using s = await setup();
  await s.verify(APPLICATION);
  for (let attempt = 0; attempt < 20; attempt += 1) {
    await assert.rejects(s.verify(APPLICATION, { kid: `invented-${attempt}` }), { code: 'Unauthorized' });
  }
  assert.equal(s.provider.asked.keys, 1);
});

test('a provider that cannot be asked is a 503 for its own tokens only, and is asked again after a pause', async () => {
  for (const mood of ['failing', 'endless', 'nonsense', 'redirecting'] as const) {
    await using s = await setup();
    s.provider.mood = mood;
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await assert.rejects(
        s.verify({ ...APPLICATION, jti: String(attempt) }),
        { code: 'ServiceUnavailable', retryAfter: 5 },
        mood,
      );
    }
    assert.equal(s.provider.asked.discovery, 1, `${mood}: asked once`);
    assert.equal((await s.world.verifier.verify(await s.world.bearer())).kind, 'application');
    await assert.rejects(s.verify({ ...APPLICATION, tid: 'unknown' }), { code: 'Unauthorized' });
    s.provider.mood = 'well';
    s.world.step(5000);
    assert.equal(((await s.verify(APPLICATION)) as { kind: string }).kind, 'application', mood);
  }
});

test('a provider that is not there at all is a 503', async () => {
  const issuers = parseExternalIssuers([
    { issuer: 'http://127.0.0.1:9', audience: AUDIENCE, tenants: { [TID]: TENANT.id } },
  ]);
  await using world = await tokenWorld({ issuers });
  await using provider = await oidcProvider();
  const token = await provider.sign({ ...APPLICATION, iss: 'http://127.0.0.1:9' });
  await assert.rejects(world.verifier.verify(`Bearer ${token}`), { code: 'ServiceUnavailable' });
});

test('a discovery document that names another issuer, or keys at an unsafe address, is not used', async () => {
  for (const document of [
    { issuer: 'https://elsewhere.example' },
    { issuer: null },
    { jwks_uri: 'http://keys.example/keys' },
    { jwks_uri: 'file:///etc/passwd' },
    { jwks_uri: 7 },
  ]) {
    await using s = await setup();
    s.provider.document = document;
    await assert.rejects(s.verify(APPLICATION), { code: 'ServiceUnavailable' }, JSON.stringify(document));
    assert.equal(s.provider.asked.keys, 0);
  }
});

test('a verified token of a provider is kept for five minutes at most', async () => {
  await using s = await setup();
  const bearer = `Bearer ${await s.provider.sign({ iss: s.provider.url, ...APPLICATION })}`;
  const caller = await s.world.verifier.verify(bearer);
  s.world.step(299_000);
  assert.equal(s.world.verifier.verifyCached(bearer), caller);
  s.world.step(2000);
  assert.equal(s.world.verifier.verifyCached(bearer), null);
});

test('a multi-tenant issuer is filled in from the tenant of the token', async () => {
  await using s = await setup({
    issuer: '{provider}/{tenantid}/v2.0',
    discoveryUrl: '{provider}/common/v2.0/.well-known/openid-configuration',
  });
  s.provider.document = { issuer: `${s.provider.url}/{tenantid}/v2.0` };
  const claims = { ...APPLICATION, iss: `${s.provider.url}/${TID}/v2.0` };
  assert.equal(((await s.verify(claims)) as { kind: string }).kind, 'application');
  const other = 'ffffffff-1111-4a2b-9c3d-4e5f60718293';
  await assert.rejects(s.verify({ ...claims, iss: `${s.provider.url}/${other}/v2.0` }), /issuer/);
  await assert.rejects(s.verify({ ...claims, iss: `${s.provider.url}/${other}/v2.0`, tid: other }), /tenant/);
});

test('a key that belongs to one tenant signs for no other', async () => {
  await using s = await setup({
    discoveryUrl: '{provider}/organizations/v2.0/.well-known/openid-configuration',
    issuer: undefined,
  });
  s.provider.document = { issuer: `${s.provider.url}/{tenantid}/v2.0` };
  s.provider.keyMembers = { issuer: 'https://login.example/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0' };
  await assert.rejects(
    s.verify({ ...APPLICATION, iss: `${s.provider.url}/${TID}/v2.0` }),
    /not one of its tenant/,
  );
});

test('a discovery address alone is enough where the issuer follows from it', async () => {
  await using s = await setup({
    discoveryUrl: '{provider}/.well-known/openid-configuration',
    issuer: undefined,
  });
  s.provider.document = { issuer: `${s.provider.url}/` };
  assert.equal(
    ((await s.verify({ ...APPLICATION, iss: `${s.provider.url}/` })) as { kind: string }).kind,
    'application',
  );
  await assert.rejects(s.verify(APPLICATION), /issuer/, 'the exact issuer of the document counts');
});

test('the tenant can be named by the issuer', async () => {
  await using s = await setup({ tenants: { '{provider}': TENANT.id } });
  assert.equal(
    ((await s.verify({ ...APPLICATION, tid: undefined })) as { tenantId: string }).tenantId,
    TENANT.id,
  );
});

test('a configuration that would be unsafe or useless is refused with what is wrong', () => {
  const good = { issuer: 'https://login.example', audience: AUDIENCE, tenants: { [TID]: TENANT.id } };
  const wrong: [unknown, RegExp][] = [
    [{}, /a list/],
    [[null], /an object/],
    [[{ ...good, audience: undefined }], /audience/],
    [[{ ...good, audience: '' }], /audience/],
    [[{ ...good, audience: 'https://api.securitycenter.microsoft.com' }], /vendor's own resource/],
    [[{ ...good, audience: 'HTTPS://API.SECURITYCENTER.MICROSOFT.COM/' }], /vendor's own resource/],
    [[{ ...good, audience: 'fc780465-2017-40d4-a0c5-307022471b92' }], /vendor's own resource/],
    [[{ ...good, tenants: {} }], /tenants/],
    [[{ ...good, tenants: undefined }], /tenants/],
    [[{ ...good, tenants: { [TID]: 7 } }], /tenants/],
    [[{ ...good, issuer: undefined }], /issuer or a discoveryUrl/],
    [[{ ...good, issuer: 'http://login.example' }], /https/],
    [[{ ...good, issuer: 'https://user:password@login.example' }], /https/],
    [[{ ...good, issuer: 'https://login.example/{tenantid}/' }], /needs a discoveryUrl/],
    [[{ ...good, issuer: undefined, discoveryUrl: 'https://login.example/' }], /ends with/],
    [[{ ...good, audiences: ['x'] }], /unknown member audiences/],
    [[good, good], /twice/],
  ];
  for (const [value, message] of wrong) {
    assert.throws(
      () => parseExternalIssuers(value),
      { code: 'InvalidInput', message },
      JSON.stringify(value),
    );
  }
  assert.equal(
    parseExternalIssuers([good])[0]?.discoveryUrl,
    'https://login.example/.well-known/openid-configuration',
  );
  assert.equal(
    parseExternalIssuers([{ ...good, issuer: 'https://sts.windows.net/x/' }])[0]?.discoveryUrl,
    'https://sts.windows.net/x/.well-known/openid-configuration',
  );
});
