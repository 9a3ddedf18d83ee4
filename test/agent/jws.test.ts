import assert from 'node:assert/strict';
import { createHmac, createPublicKey, verify } from 'node:crypto';
import test, { describe } from 'node:test';
import fc from 'fast-check';
import { CompactSign, compactVerify, importJWK } from 'jose';
import {
  importPrivateKey,
  importPublicKey,
  newKeyPair,
  openMessage,
  publicKeyOf,
  signMessage,
  signReplacement,
} from '../../src/agent/jws.ts';
import { replacementText } from '../../src/contract/device.ts';

const pair = newKeyPair();
const privateKey = importPrivateKey(pair.privateKey);
const publicKey = importPublicKey(pair.publicKey);
const open = (message: string) => openMessage('cordon-answer+jwt', message, publicKey);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a signed message', () => {
  test('is what another implementation of the standard verifies', async () => {
    const message = signMessage('cordon-exchange+jwt', 'machine', { a: 'ü' }, privateKey);
    const { payload, protectedHeader } = await compactVerify(message, publicKey, { algorithms: ['EdDSA'] });
    assert.deepEqual(JSON.parse(new TextDecoder().decode(payload)), { a: 'ü' });
    assert.deepEqual(protectedHeader, { alg: 'EdDSA', typ: 'cordon-exchange+jwt', kid: 'machine' });
  });

  test('of another implementation is opened', async () => {
    const key = await importJWK(
      { kty: 'OKP', crv: 'Ed25519', x: pair.publicKey, d: pair.privateKey },
      'EdDSA',
    );
    const message = await new CompactSign(new TextEncoder().encode('{"a":1}'))
      .setProtectedHeader({ alg: 'EdDSA', typ: 'cordon-answer+jwt' })
      .sign(key);
    assert.deepEqual(open(message), { a: 1 });
  });

  test('with any bit changed is refused', () => {
    const message = signMessage('cordon-answer+jwt', 'server', { generation: 1 }, privateKey);
    fc.assert(
      fc.property(fc.nat(message.length - 1), fc.constantFrom(...'ABCxyz019-_.='), (index, letter) => {
        const changed = message.slice(0, index) + letter + message.slice(index + 1);
        // The last letter of a base64url text has spare bits; what decodes to the same bytes is the same message.
        fc.pre(changed !== message && index < message.length - 1);
        assert.throws(() => open(changed), { code: 'untrusted' });
      }),
    );
  });

  test('under an algorithm of its own choice is refused', () => {
    const payload = encode({ generation: 99 });
    const none = `${encode({ alg: 'none', typ: 'cordon-answer+jwt' })}.${payload}.`;
    const head = `${encode({ alg: 'HS256', typ: 'cordon-answer+jwt' })}.${payload}`;
    const secret = createHmac('sha256', Buffer.from(pair.publicKey, 'base64url'))
      .update(head)
      .digest('base64url');
    for (const message of [none, `${head}.${secret}`, `${head}.${'A'.repeat(86)}`]) {
      assert.throws(() => open(message), { code: 'untrusted' });
    }
  });

  test('of another type, with a critical extension, or that is no object is refused', async () => {
    const signedWith = (header: object, text: string) =>
      new CompactSign(new TextEncoder().encode(text))
        .setProtectedHeader({ alg: 'EdDSA', typ: 'cordon-answer+jwt', ...header })
        .sign(privateKey, { crit: { 'urn:x': true } });
    const messages = [
      await signedWith({ typ: 'cordon-nonce+jwt' }, '{}'),
      await signedWith({ crit: ['urn:x'], 'urn:x': 1 }, '{}'),
      await signedWith({}, '[]x'),
      await signedWith({}, 'null'),
    ];
    for (const message of messages) assert.throws(() => open(message), { code: 'untrusted' });
  });

  test('that is anything at all never does more than to be refused', () => {
    fc.assert(
      fc.property(fc.string(), (message) => {
        assert.throws(() => open(message), { code: 'untrusted' });
      }),
    );
  });
});

describe('keys', () => {
  test('come back from their text', () => {
    assert.equal(publicKeyOf(pair.privateKey), pair.publicKey);
    assert.throws(() => importPrivateKey('short'), { code: 'configuration' });
  });

  test('a replacement is signed over the machine and the new key', () => {
    const machineId = 'f'.repeat(40);
    const signature = Buffer.from(signReplacement(pair.privateKey, machineId, 'new'), 'base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: pair.publicKey }, format: 'jwk' });
    assert.ok(verify(null, Buffer.from(replacementText(machineId, 'new')), key, signature));
    assert.ok(!verify(null, Buffer.from(replacementText(machineId, 'other')), key, signature));
  });
});
