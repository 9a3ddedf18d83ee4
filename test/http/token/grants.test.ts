import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeJwt } from 'jose';
import { TOKEN_REFUSALS, type WireTokenError } from '../../../src/contract/token.ts';
import { hashPassword } from '../../../src/service/tokens/secrets.ts';
import {
  CLIENT_ID,
  PUBLIC_URL,
  RESOURCE,
  SECRET,
  TENANT,
  type TokenWorld,
  tokenWorld,
} from '../../kit/token-world.ts';

const V1 = {
  grant_type: 'client_credentials',
  client_id: CLIENT_ID,
  client_secret: SECRET,
  resource: RESOURCE,
};
const V2 = {
  grant_type: 'client_credentials',
  client_id: CLIENT_ID,
  client_secret: SECRET,
  scope: `${RESOURCE}/.default`,
};
const V1_PATH = `/${TENANT.id}/oauth2/token`;
const V2_PATH = `/${TENANT.id}/oauth2/v2.0/token`;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

interface Asked {
  readonly method?: 'GET' | 'POST';
  readonly url?: string;
  readonly form?: Record<string, string> | string;
  readonly headers?: Record<string, string>;
}

async function ask(
  world: TokenWorld,
  { method = 'POST', url = V2_PATH, form = V2, headers = FORM }: Asked = {},
) {
  const payload = typeof form === 'string' ? form : new URLSearchParams(form).toString();
  const reply = await world.app.inject({ method, url, headers, payload });
  return { status: reply.statusCode, headers: reply.headers, body: reply.json() };
}

function without<T extends Record<string, string>>(form: T, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(form).filter(([key]) => key !== name));
}

test('v2 answers numbers, v1 answers strings, in the shape of the reference', async () => {
  await using world = await tokenWorld();
  const v2 = await ask(world);
  assert.equal(v2.status, 200);
  const { access_token: second, ...rest2 } = v2.body;
  assert.deepEqual(rest2, { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599 });
  const v1 = await ask(world, { url: V1_PATH, form: V1 });
  assert.equal(v1.status, 200);
  const { access_token: first, ...rest1 } = v1.body;
  assert.deepEqual(rest1, {
    token_type: 'Bearer',
    expires_in: '3599',
    expires_on: String(Math.floor(world.now() / 1000) + 3599),
    not_before: String(Math.floor(world.now() / 1000) - 300),
    resource: RESOURCE,
  });
  for (const token of [first, second]) {
    assert.equal(decodeJwt(token).aud, RESOURCE);
    assert.equal((await world.verifier.verify(`Bearer ${token}`)).kind, 'application');
  }
  assert.match(String(v2.headers['content-type']), /^application\/json/);
  assert.equal(v2.headers['cache-control'], 'no-store');
  assert.equal(v2.headers.pragma, 'no-cache');
});

test('what clients in the field send is understood', async () => {
  await using world = await tokenWorld();
  const basic = `Basic ${Buffer.from(`${CLIENT_ID}:${SECRET}`).toString('base64')}`;
  const encoded = `Basic ${Buffer.from(`${CLIENT_ID}:${SECRET.replaceAll('-', '%2D')}`).toString('base64')}`;
  const noClient = without(without(V2, 'client_id'), 'client_secret');
  const scenarios: Record<string, Asked> = {
    'the tenant by name': { url: '/contoso/oauth2/v2.0/token' },
    'the tenant in capitals': { url: `/${TENANT.id.toUpperCase()}/oauth2/v2.0/token` },
    'the path in another case': { url: `/${TENANT.id}/OAuth2/V2.0/Token` },
    'unknown fields and parameters': {
      url: `${V2_PATH}?client-request-id=1&api-version=1.0&grant_type=password`,
      form: { ...V2, 'x-client-sku': 'MSAL', claims: '{}', resource: 'https://graph.microsoft.com' },
    },
    'HTTP Basic': { form: noClient, headers: { ...FORM, authorization: basic } },
    'HTTP Basic, percent-encoded': { form: noClient, headers: { ...FORM, authorization: encoded } },
    'HTTP Basic and the form': { headers: { ...FORM, authorization: basic } },
    'no content type': { headers: {} },
    'a content type with a charset': {
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    },
    'a wrong content type': { headers: { 'content-type': 'application/json' } },
    'GET with a form body': { method: 'GET' },
    'GET with a form body, v1': { method: 'GET', url: V1_PATH, form: V1, headers: {} },
    'a client id in capitals': { form: { ...V2, client_id: CLIENT_ID.toUpperCase() } },
    'OpenID scopes beside it': {
      form: { ...V2, scope: `openid ${RESOURCE}/.default profile offline_access` },
    },
    'a scope without /.default': { form: { ...V2, scope: RESOURCE } },
    'a resource with /.default': { url: V1_PATH, form: { ...V1, resource: `${RESOURCE}/.default` } },
  };
  for (const [name, asked] of Object.entries(scenarios)) {
    const { status, body } = await ask(world, asked);
    assert.equal(status, 200, `${name}: ${JSON.stringify(body)}`);
    assert.equal((await world.verifier.verify(`Bearer ${body.access_token}`)).tenantId, TENANT.id, name);
  }
});

test('the audience is the name as it was asked, without /.default', async () => {
  await using world = await tokenWorld();
  const names = {
    [`${RESOURCE}/.default`]: RESOURCE,
    [`${RESOURCE}//.default`]: `${RESOURCE}/`,
    'https://api-eu.securitycenter.microsoft.com/.default': 'https://api-eu.securitycenter.microsoft.com',
    'https://securitycenter.onmicrosoft.com/windowsatpservice/.default':
      'https://securitycenter.onmicrosoft.com/windowsatpservice',
    'fc780465-2017-40d4-a0c5-307022471b92/.default': 'fc780465-2017-40d4-a0c5-307022471b92',
    [`${PUBLIC_URL}/.default`]: PUBLIC_URL,
    [PUBLIC_URL]: PUBLIC_URL,
  };
  for (const [scope, audience] of Object.entries(names)) {
    const { status, body } = await ask(world, { form: { ...V2, scope } });
    assert.equal(status, 200, scope);
    assert.equal(decodeJwt(body.access_token).aud, audience);
    assert.equal((await world.verifier.verify(`Bearer ${body.access_token}`)).kind, 'application');
  }
});

test('the issuer is the configured address, whatever Host and X-Forwarded-Host say', async () => {
  await using world = await tokenWorld();
  const { body } = await ask(world, {
    headers: { ...FORM, host: 'evil.example', 'x-forwarded-host': 'evil.example' },
  });
  assert.equal(decodeJwt(body.access_token).iss, `${PUBLIC_URL}/${TENANT.id}/`);
});

test('every refusal has its status, error and AADSTS number', async (t) => {
  await using world = await tokenWorld();
  const expiring = await world.applications.create({
    tenantId: TENANT.id,
    displayName: 'expiring',
    permissions: [],
    secretDays: 1,
  });
  const revoked = await world.applications.create({
    tenantId: TENANT.id,
    displayName: 'revoked',
    permissions: [],
    secretDays: null,
  });
  await world.applications.revoke(TENANT.id, 'revoked');
  world.step(25 * 3_600_000);
  const basic = (id: string, secret: string) => ({
    ...FORM,
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });
  const scenarios: Record<string, [Asked, number, string, number]> = {
    'a wrong secret': [{ form: { ...V2, client_secret: 'wrong' } }, 401, 'invalid_client', 7000215],
    'a wrong secret by Basic': [
      { form: without(V2, 'client_secret'), headers: basic(CLIENT_ID, 'wrong') },
      401,
      'invalid_client',
      7000215,
    ],
    'the id of the secret': [
      { form: { ...V2, client_secret: expiring.secret.id } },
      401,
      'invalid_client',
      7000215,
    ],
    'the hash of the secret': [
      { form: { ...V2, client_id: expiring.application.id, client_secret: expiring.secret.hash } },
      401,
      'invalid_client',
      7000215,
    ],
    'an expired secret': [
      { form: { ...V2, client_id: expiring.application.id, client_secret: expiring.text } },
      401,
      'invalid_client',
      7000222,
    ],
    'a revoked application': [
      { form: { ...V2, client_id: revoked.application.id, client_secret: revoked.text } },
      400,
      'unauthorized_client',
      7000112,
    ],
    'no secret': [{ form: without(V2, 'client_secret') }, 401, 'invalid_client', 7000216],
    'an empty secret': [{ form: { ...V2, client_secret: '' } }, 401, 'invalid_client', 7000216],
    'an unknown client': [{ form: { ...V2, client_id: 'nobody' } }, 400, 'unauthorized_client', 700016],
    'no client': [{ form: without(V2, 'client_id') }, 400, 'invalid_request', 900144],
    'an unknown tenant': [{ url: '/nowhere/oauth2/v2.0/token' }, 400, 'invalid_request', 90002],
    'any tenant': [{ url: '/common/oauth2/v2.0/token' }, 400, 'invalid_request', 90002],
    'no grant': [{ form: without(V2, 'grant_type') }, 400, 'invalid_request', 900144],
    'an empty body': [{ form: '' }, 400, 'invalid_request', 900144],
    'an unsupported grant': [
      { form: { ...V2, grant_type: 'authorization_code' } },
      400,
      'unsupported_grant_type',
      70003,
    ],
    'the password grant outside of an emulator': [
      { form: { ...V2, grant_type: 'password' } },
      400,
      'unsupported_grant_type',
      70003,
    ],
    'no scope': [{ form: without(V2, 'scope') }, 400, 'invalid_request', 900144],
    'no resource': [{ url: V1_PATH, form: without(V1, 'resource') }, 400, 'invalid_request', 900144],
    'an unknown scope': [
      { form: { ...V2, scope: 'https://graph.microsoft.com/.default' } },
      400,
      'invalid_scope',
      70011,
    ],
    'scopes of two resources': [
      { form: { ...V2, scope: `${RESOURCE}/.default ${PUBLIC_URL}/.default` } },
      400,
      'invalid_scope',
      70011,
    ],
    'OpenID scopes only': [{ form: { ...V2, scope: 'openid profile' } }, 400, 'invalid_scope', 70011],
    'a single permission for an application': [
      { form: { ...V2, scope: `${RESOURCE}/Machine.Read.All` } },
      400,
      'invalid_scope',
      70011,
    ],
    'an unknown resource': [
      { url: V1_PATH, form: { ...V1, resource: 'https://graph.microsoft.com' } },
      400,
      'invalid_resource',
      500011,
    ],
    'a parameter twice': [
      { form: `${new URLSearchParams(V2)}&client_id=${CLIENT_ID}` },
      400,
      'invalid_request',
      9000411,
    ],
    'a null byte': [{ form: { ...V2, client_id: `${CLIENT_ID}\0` } }, 400, 'invalid_request', 90013],
    'two different clients': [{ headers: basic('somebody', SECRET) }, 400, 'invalid_request', 90013],
    JSON: [
      { form: JSON.stringify(V2), headers: { 'content-type': 'application/json' } },
      400,
      'invalid_request',
      900144,
    ],
    'the secret in the query': [
      { url: `${V2_PATH}?${new URLSearchParams(V2)}`, form: '' },
      400,
      'invalid_request',
      900144,
    ],
    'GET without a form': [
      { method: 'GET', url: `${V2_PATH}?${new URLSearchParams(V2)}`, form: '' },
      400,
      'invalid_request',
      900561,
    ],
    'a body of a megabyte': [{ form: `a=${'x'.repeat(1_000_000)}` }, 413, 'invalid_request', 90013],
    'a GET body of a megabyte': [
      { method: 'GET', form: `a=${'x'.repeat(1_000_000)}` },
      413,
      'invalid_request',
      90013,
    ],
  };
  const used = new Set<number>();
  for (const [name, [asked, status, error, number]] of Object.entries(scenarios)) {
    await t.test(name, async () => {
      const reply = await ask(world, asked);
      const body = reply.body as WireTokenError;
      assert.deepEqual(
        [reply.status, body.error, body.error_codes],
        [status, error, [number]],
        JSON.stringify(body),
      );
      assert.ok(body.error_description.startsWith(`AADSTS${number}: `));
      assert.deepEqual(Object.keys(body), [
        'error',
        'error_description',
        'error_codes',
        'timestamp',
        'trace_id',
        'correlation_id',
      ]);
      assert.equal(body.timestamp, '2026-03-03 10:15:20Z');
      assert.match(body.trace_id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      assert.equal(reply.headers['cache-control'], 'no-store');
      const text = JSON.stringify(body) + world.logged.join('\n');
      for (const secret of [SECRET, expiring.text, revoked.text])
        assert.ok(!text.includes(secret), 'a secret leaked');
      used.add(number);
    });
  }
  assert.ok(used.size >= Object.keys(TOKEN_REFUSALS).length - 7);
});

test('another method is a 405 that names those that serve', async () => {
  await using world = await tokenWorld();
  for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const) {
    const reply = await world.app.inject({ method, url: V2_PATH, headers: FORM, payload: 'a=b' });
    assert.equal(reply.statusCode, 405, method);
    assert.equal(reply.headers.allow, 'GET, POST');
    assert.deepEqual(reply.json().error_codes, [900561]);
  }
});

test('a refusal of Basic credentials answers in that scheme', async () => {
  await using world = await tokenWorld();
  const authorization = `Basic ${Buffer.from(`${CLIENT_ID}:wrong`).toString('base64')}`;
  const { status, headers } = await ask(world, {
    form: without(without(V2, 'client_id'), 'client_secret'),
    headers: { ...FORM, authorization },
  });
  assert.equal(status, 401);
  assert.match(String(headers['www-authenticate']), /^Basic /);
});

test('the id that the client gave the request comes back as correlation id', async () => {
  await using world = await tokenWorld();
  const id = 'b1838e63-40a6-4640-8ddd-2719ac000000';
  const byHeader = await ask(world, { form: '', headers: { ...FORM, 'client-request-id': id } });
  assert.equal(byHeader.body.correlation_id, id);
  const byQuery = await ask(world, { form: '', url: `${V2_PATH}?client-request-id=${id}` });
  assert.equal(byQuery.body.correlation_id, id);
  const nonsense = await ask(world, { form: '', headers: { ...FORM, 'client-request-id': '<script>' } });
  assert.equal(nonsense.body.correlation_id, nonsense.body.trace_id);
});

test('what the caller invented is repeated only in part and without control characters', async () => {
  await using world = await tokenWorld();
  const { body } = await ask(world, { form: { ...V2, client_id: `\u001b[31m$&${'x'.repeat(5000)}` } });
  assert.ok(body.error_description.length < 700);
  assert.ok(!body.error_description.includes('\u001b'));
  assert.ok(body.error_description.includes('[31m$&xxx'));
});

test('guessing a secret is answered with 429 and the time to wait, for that client and address only', async () => {
  await using world = await tokenWorld({ failureLimit: { failures: 3, within: 60 } });
  const wrong = { form: { ...V2, client_secret: 'wrong' } };
  for (let attempt = 0; attempt < 3; attempt += 1) assert.equal((await ask(world, wrong)).status, 401);
  for (const asked of [wrong, {}]) {
    const { status, headers, body } = await ask(world, asked);
    assert.deepEqual([status, body.error, body.error_codes], [429, 'temporarily_unavailable', [90055]]);
    const wait = Number(headers['retry-after']);
    assert.ok(Number.isInteger(wait) && wait >= 1 && wait <= 60);
  }
  const elsewhere = await world.app.inject({
    method: 'POST',
    url: V2_PATH,
    headers: FORM,
    payload: new URLSearchParams(V2).toString(),
    remoteAddress: '192.0.2.7',
  });
  assert.equal(elsewhere.statusCode, 200, 'the client itself is not locked out from elsewhere');
  assert.equal(
    (await ask(world, { form: { ...V2, client_id: 'nobody' } })).status,
    400,
    'other clients are not counted',
  );
});

test('a store that cannot answer is a 503 in the shape of the endpoint', async () => {
  await using world = await tokenWorld();
  const { CordonError } = await import('../../../src/domain/error.ts');
  world.store.tenants = () => Promise.reject(new CordonError('ServiceUnavailable', 'the disk is full'));
  const { status, headers, body } = await ask(world);
  assert.deepEqual([status, body.error, body.error_codes], [503, 'temporarily_unavailable', [90033]]);
  assert.ok(Number(headers['retry-after']) >= 1);
  world.store.tenants = () => Promise.reject(new Error('inside of the server'));
  const fault = await ask(world);
  assert.deepEqual([fault.status, fault.body.error], [500, 'server_error']);
  assert.ok(!JSON.stringify(fault.body).includes('inside'));
});

test("an emulator's user gets a token with scopes, through an application, by name and password", async () => {
  await using world = await tokenWorld({ passwordGrant: true });
  await world.applications.setPermissions(TENANT.id, CLIENT_ID, [
    'Machine.Read.All',
    'Machine.RestrictExecution',
    'Cordon.Manage.All',
  ]);
  await world.store.createEmulatorUser({
    tenantId: TENANT.id,
    principal: 'responder@cordon.test',
    displayName: 'Responder',
    passwordHash: await hashPassword('pässword', (length) => new Uint8Array(length).fill(7)),
  });
  const user = {
    grant_type: 'password',
    client_id: CLIENT_ID,
    username: 'Responder@Cordon.test',
    password: 'pässword',
  };
  for (const asked of [
    { url: V1_PATH, form: { ...user, resource: RESOURCE } },
    { form: { ...user, scope: `${RESOURCE}/.default openid` } },
    { form: { ...user, scope: `${RESOURCE}/Machine.Read ${RESOURCE}/Machine.RestrictExecution` } },
    { form: { ...user, client_secret: SECRET, scope: `${RESOURCE}/.default` } },
  ]) {
    const { status, body } = await ask(world, asked);
    assert.equal(status, 200, JSON.stringify(body));
    const caller = await world.verifier.verify(`Bearer ${body.access_token}`);
    assert.ok(caller.kind === 'user');
    assert.deepEqual([caller.principal, caller.name], ['responder@cordon.test', 'Responder']);
    assert.deepEqual(caller.permissions, ['Machine.Read', 'Machine.RestrictExecution', 'Cordon.Manage.All']);
    assert.equal(decodeJwt(body.access_token).roles, undefined);
    assert.ok(body.scope.includes('Machine.Read'));
  }
  const refusals: [Record<string, string>, number, number][] = [
    [{ ...user, password: 'wrong' }, 400, 50126],
    [{ ...user, username: 'nobody@cordon.test' }, 400, 50126],
    [without(user, 'username'), 400, 900144],
    [without(user, 'password'), 400, 900144],
    [{ ...user, client_secret: 'wrong' }, 401, 7000215],
    [{ ...user, client_id: 'nobody' }, 400, 700016],
  ];
  for (const [form, status, number] of refusals) {
    const reply = await ask(world, {
      form: { ...form, scope: `${RESOURCE}/.default` } as Record<string, string>,
    });
    assert.deepEqual([reply.status, reply.body.error_codes], [status, [number]], JSON.stringify(form));
  }
  assert.ok(!world.logged.join('\n').includes('pässword'));
});
