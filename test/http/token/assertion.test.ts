import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import test from 'node:test';
import { decodeJwt, type JWTPayload, SignJWT } from 'jose';
import { generate } from 'selfsigned';
import {
  CLIENT_ID,
  PUBLIC_URL,
  RESOURCE,
  START,
  TENANT,
  type TokenWorld,
  tokenWorld,
} from '../../kit/token-world.ts';

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const NOW = Math.floor(START / 1000);
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }) as string;

let count = 0;
function claims(): JWTPayload {
  count += 1;
  return {
    iss: CLIENT_ID,
    sub: CLIENT_ID,
    aud: `${PUBLIC_URL}/${TENANT.id}/oauth2/v2.0/token`,
    jti: `assertion-${count}`,
    nbf: NOW,
    exp: NOW + 600,
  };
}

async function ask(world: TokenWorld, assertion: string, form: Record<string, string> = {}) {
  const fields = {
    grant_type: 'client_credentials',
    scope: `${RESOURCE}/.default`,
    client_assertion_type: TYPE,
    client_assertion: assertion,
    ...form,
  };
  const reply = await world.app.inject({
    method: 'POST',
    url: `/${TENANT.id}/oauth2/v2.0/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
  });
  return { status: reply.statusCode, body: reply.json() };
}

const sign = (payload: JWTPayload, key: KeyObject = rsa.privateKey, header: Record<string, unknown> = {}) =>
  new SignJWT(payload).setProtectedHeader({ alg: 'RS256', ...header }).sign(key);

async function worldWithKeys(): Promise<TokenWorld> {
  const world = await tokenWorld();
  await world.applications.addKey(TENANT.id, CLIENT_ID, pemOf(rsa.publicKey));
  await world.applications.addKey(TENANT.id, CLIENT_ID, pemOf(elliptic.publicKey));
  return world;
}

test('an assertion of each accepted algorithm proves the application, with or without a client id', async () => {
  await using world = await worldWithKeys();
  const assertions = [
    await sign(claims()),
    await sign(claims(), rsa.privateKey, { alg: 'PS256' }),
    await sign(claims(), elliptic.privateKey, { alg: 'ES256' }),
    await sign(claims(), rsa.privateKey, { kid: 'a name that we do not know', typ: 'JWT' }),
  ];
  for (const assertion of assertions) {
    const { status, body } = await ask(world, assertion);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(decodeJwt(body.access_token).appidacr, '2');
  }
  assert.equal((await ask(world, await sign(claims()), { client_id: CLIENT_ID.toUpperCase() })).status, 200);
});

test('every address that clients write into an assertion is accepted as audience', async () => {
  await using world = await worldWithKeys();
  const audiences = [
    `${PUBLIC_URL}/${TENANT.id}/oauth2/token`,
    `${PUBLIC_URL}/Contoso/oauth2/v2.0/token`,
    `${PUBLIC_URL}/${TENANT.id}/`,
    `${PUBLIC_URL}/${TENANT.id}/v2.0`,
    PUBLIC_URL,
    'https://login.microsoftonline.com/anything/oauth2/v2.0/token',
    'https://login.microsoftonline.com/anything/oauth2/token',
    'https://login.microsoftonline.com/anything/v2.0',
    'https://login.microsoftonline.us/anything/oauth2/v2.0/token',
    [`${PUBLIC_URL}/${TENANT.id}/oauth2/token`],
  ];
  for (const aud of audiences) {
    const { status, body } = await ask(world, await sign({ ...claims(), aud }));
    assert.equal(status, 200, `${aud}: ${JSON.stringify(body)}`);
  }
});

test('a certificate is found by its thumbprints, and by none', async () => {
  await using world = await tokenWorld({ start: Date.now() });
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'p' }], {
    keySize: 2048,
    algorithm: 'sha256',
  });
  const kept = await world.applications.addKey(TENANT.id, CLIENT_ID, cert);
  const der = new X509Certificate(cert).raw;
  const sha1 = createHash('sha1').update(der).digest();
  const sha256 = createHash('sha256').update(der).digest();
  const { createPrivateKey } = await import('node:crypto');
  const at = Math.floor(Date.now() / 1000);
  for (const header of [
    { x5t: sha1.toString('base64url') },
    { 'x5t#S256': sha256.toString('base64url') },
    { kid: sha1.toString('hex').toUpperCase() },
    { kid: kept.id },
    {},
  ]) {
    const { status, body } = await ask(
      world,
      await sign({ ...claims(), nbf: at, exp: at + 60 }, createPrivateKey(key), header),
    );
    assert.equal(status, 200, `${JSON.stringify(header)}: ${JSON.stringify(body)}`);
  }
  world.step(20 * 365 * 86_400_000);
  const late = at + 20 * 365 * 86_400;
  const { status, body } = await ask(
    world,
    await sign({ ...claims(), nbf: late, exp: late + 60 }, createPrivateKey(key)),
  );
  assert.equal(status, 401);
  assert.match(body.error_description, /certificate/);
});

test('an assertion serves once, also when it is sent twice at the same time', async () => {
  await using world = await worldWithKeys();
  const assertion = await sign(claims());
  const statuses = (await Promise.all([ask(world, assertion), ask(world, assertion)])).map(
    ({ status }) => status,
  );
  assert.deepEqual(statuses.sort(), [200, 401]);
  world.step(600_000 + 59_000);
  assert.equal((await ask(world, assertion)).status, 401, 'remembered as long as clocks may differ');
});

test('a bad assertion is a 401 invalid_client with AADSTS700027', async (t) => {
  await using world = await worldWithKeys();
  const secondApplication = await world.applications.create({
    tenantId: TENANT.id,
    displayName: 'second',
    permissions: [],
    secretDays: null,
  });
  const good = await sign(claims());
  const [header, body, signature] = good.split('.') as [string, string, string];
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const bad: Record<string, string> = {
    'another key': await sign(claims(), other.privateKey),
    'another key brought along': await sign(claims(), other.privateKey, {
      jwk: other.publicKey.export({ format: 'jwk' }),
    }),
    'alg none': `${encode({ alg: 'none' })}.${body}.`,
    'an HMAC with the public key': await new SignJWT(claims())
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(pemOf(rsa.publicKey))),
    'another audience': await sign({ ...claims(), aud: 'https://graph.microsoft.com' }),
    'another server': await sign({ ...claims(), aud: `https://evil.example/${TENANT.id}/oauth2/v2.0/token` }),
    'another tenant': await sign({ ...claims(), aud: `${PUBLIC_URL}/other/oauth2/v2.0/token` }),
    'a vendor that is none': await sign({
      ...claims(),
      aud: 'https://login.microsoftonline.com.evil.example/x/oauth2/token',
    }),
    'no audience': await sign({ ...claims(), aud: undefined } as unknown as JWTPayload),
    expired: await sign({ ...claims(), exp: NOW - 61 }),
    'no expiry': await sign({ ...claims(), exp: undefined } as unknown as JWTPayload),
    'not valid yet': await sign({ ...claims(), nbf: NOW + 120 }),
    'more than a day': await sign({ ...claims(), exp: NOW + 86_400 + 120 }),
    'no jti': await sign({ ...claims(), jti: undefined } as unknown as JWTPayload),
    'a jti that is endless': await sign({ ...claims(), jti: 'x'.repeat(600) }),
    'another issuer': await sign({ ...claims(), iss: 'somebody' }),
    'the name of another application': await sign({
      ...claims(),
      sub: secondApplication.application.id,
      iss: secondApplication.application.id,
    }),
    'changed after signing': `${header}.${encode({ ...claims(), jti: 'changed' })}.${signature}`,
    crit: `${encode({ alg: 'RS256', crit: ['exp'], exp: 1 })}.${body}.${signature}`,
    huge: `${header}.${body}.${'A'.repeat(20_000)}`,
    garbage: 'garbage',
    dots: '..',
  };
  for (const [name, assertion] of Object.entries(bad)) {
    await t.test(name, async () => {
      const reply = await ask(world, assertion, { client_id: CLIENT_ID });
      assert.deepEqual(
        [reply.status, reply.body.error, reply.body.error_codes],
        [401, 'invalid_client', [700027]],
        JSON.stringify(reply.body),
      );
      assert.ok(!JSON.stringify(reply.body).includes(assertion));
    });
  }
  await t.test('another type of assertion', async () => {
    assert.equal(
      (await ask(world, good, { client_assertion_type: 'urn:ietf:params:oauth:grant-type:saml2-bearer' }))
        .status,
      401,
    );
  });
  await t.test('and the good one was not used up by any of them', async () => {
    assert.equal((await ask(world, good)).status, 200);
  });
});

test('an application without keys cannot be proven by an assertion', async () => {
  await using world = await tokenWorld();
  assert.equal((await ask(world, await sign(claims()))).status, 401);
});
