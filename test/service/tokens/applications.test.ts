import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import test from 'node:test';
import { generate } from 'selfsigned';
import { CLIENT_ID, TENANT, tokenWorld } from '../../kit/token-world.ts';

const INVALID = { code: 'InvalidInput' };
const MISSING = { code: 'ResourceNotFound' };

test('an application is created with a secret that is shown once and kept as a hash', async () => {
  await using world = await tokenWorld();
  const created = await world.applications.create({
    tenantId: TENANT.id,
    displayName: 'playbook',
    permissions: ['Machine.Read.All', 'Machine.Read.All'],
    secretDays: 30,
  });
  assert.equal(Buffer.from(created.text, 'base64url').length, 32);
  assert.equal(created.secret.expiresAt, '2026-04-01T09:15:20.0000000Z');
  assert.deepEqual(created.application.permissions, ['Machine.Read.All']);
  const kept = await world.applications.find(TENANT.id, 'PLAYBOOK');
  assert.equal(kept.application.id, created.application.id);
  assert.ok(!JSON.stringify(kept).includes(created.text));
  assert.match(kept.secrets[0]?.hash ?? '', /^[0-9a-f]{64}$/);
  assert.equal((await world.applications.list(TENANT.id)).length, 2);
});

test('what is not acceptable is refused with what is wrong', async () => {
  await using world = await tokenWorld();
  const create = (displayName: string, permissions: string[] = []) =>
    world.applications.create({ tenantId: TENANT.id, displayName, permissions, secretDays: null });
  await assert.rejects(create('soar-connector'), INVALID);
  for (const name of ['', '  ', 'a\0b', 'line\nbreak', 'x'.repeat(121)])
    await assert.rejects(create(name), INVALID, name);
  await assert.rejects(create('one', ['Machine.Read']), /no application permission Machine\.Read\./);
  await assert.rejects(create('two', ['View data']), INVALID);
  await assert.rejects(world.applications.find(TENANT.id, 'nobody'), MISSING);
  await assert.rejects(world.applications.find('00000000-0000-4000-8000-000000000000', CLIENT_ID), MISSING);
  await assert.rejects(world.applications.removeSecret(TENANT.id, CLIENT_ID, 'none'), MISSING);
  await assert.rejects(world.applications.removeKey(TENANT.id, CLIENT_ID, 'none'), MISSING);
});

test('secrets and keys together have a limit', async () => {
  await using world = await tokenWorld();
  for (let count = 1; count < 20; count += 1) await world.applications.addSecret(TENANT.id, CLIENT_ID, null);
  await assert.rejects(world.applications.addSecret(TENANT.id, CLIENT_ID, null), INVALID);
});

test('certificates, public keys and JWKs become keys of an application, once each', async () => {
  await using world = await tokenWorld();
  const { cert } = await generate([{ name: 'commonName', value: 'playbook' }], {
    keySize: 2048,
    algorithm: 'sha256',
  });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const texts = [
    cert,
    rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string,
    JSON.stringify({ ...elliptic.publicKey.export({ format: 'jwk' }), kid: 'mine' }),
  ];
  for (const text of texts) {
    const key = await world.applications.addKey(TENANT.id, CLIENT_ID, text);
    assert.match(key.id, /^[0-9a-f]{64}$/);
    assert.ok(!('d' in JSON.parse(key.jwk)));
    await assert.rejects(world.applications.addKey(TENANT.id, CLIENT_ID, text), INVALID);
  }
  const { keys } = await world.applications.find(TENANT.id, CLIENT_ID);
  assert.equal(keys.length, 3);
  await world.applications.removeKey(TENANT.id, CLIENT_ID, keys[0]!.id);
  assert.equal((await world.applications.find(TENANT.id, CLIENT_ID)).keys.length, 2);
});

test('private, weak and unreadable keys are refused, and no message repeats them', async () => {
  await using world = await tokenWorld();
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const other = generateKeyPairSync('ed25519');
  const texts = [
    rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    JSON.stringify(rsa.privateKey.export({ format: 'jwk' })),
    JSON.stringify({ kty: 'oct', k: 'c2VjcmV0' }),
    weak.publicKey.export({ type: 'spki', format: 'pem' }) as string,
    other.publicKey.export({ type: 'spki', format: 'pem' }) as string,
    'garbage',
    '{',
    'null',
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
  ];
  for (const text of texts) {
    await assert.rejects(
      world.applications.addKey(TENANT.id, CLIENT_ID, text),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'InvalidInput', error.message);
        assert.ok(!error.message.includes(text));
        return true;
      },
    );
  }
});
