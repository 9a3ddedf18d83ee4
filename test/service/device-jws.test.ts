import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import test from 'node:test';
import { CompactSign, compactVerify } from 'jose';
import { headerText, readMessage, signMessage } from '../../src/service/devices/jws.ts';

const TYPE = 'cordon-exchange+jwt';
const keys = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { privateKey, publicKey, x: publicKey.export({ format: 'jwk' }).x as string };
};
const { privateKey, publicKey, x } = keys();
const payload = { protocol: 1, text: 'grüße' };

const signed = (header: Record<string, unknown> = {}, key = privateKey) =>
  new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', typ: TYPE, kid: 'machine', ...header })
    .sign(key);

test('what another implementation signs is understood, and the other way round', async () => {
  const message = readMessage(await signed());
  assert.equal(message?.keyId, 'machine');
  assert.deepEqual(JSON.parse(String(message?.open(x, TYPE))), payload);
  const verified = await compactVerify(signMessage(headerText(TYPE, 'us'), payload, privateKey), publicKey, {
    algorithms: ['EdDSA'],
  });
  assert.deepEqual(JSON.parse(new TextDecoder().decode(verified.payload)), payload);
  assert.deepEqual(verified.protectedHeader, { alg: 'EdDSA', typ: TYPE, kid: 'us' });
});

test('a message is believed only whole, of the right type, under the one algorithm and by the one key', async () => {
  const good = await signed();
  const [head = '', body = '', mark = ''] = good.split('.');
  const header = (fields: object) => Buffer.from(JSON.stringify(fields)).toString('base64url');
  const refused: Record<string, string> = {
    'another key': await signed({}, keys().privateKey),
    'another type': await signed({ typ: 'cordon-answer+jwt' }),
    'no type': await signed({ typ: undefined }),
    'no algorithm': `${header({ alg: 'none', typ: TYPE, kid: 'machine' })}.${body}.`,
    'a symmetric algorithm': `${header({ alg: 'HS256', typ: TYPE, kid: 'machine' })}.${body}.${mark}`,
    'a critical extension': `${header({ alg: 'EdDSA', typ: TYPE, crit: ['b64'], b64: false })}.${body}.${mark}`,
    'another payload': `${head}.${header({ protocol: 2 })}.${mark}`,
    'no signature': `${head}.${body}.`,
    'half a signature': `${head}.${body}.${mark.slice(0, 43)}`,
    'a signature in another alphabet': `${head}.${body}.${mark.slice(0, -1)}=`,
    'a fourth part': `${good}.${mark}`,
    'two parts': `${head}.${body}`,
    'no payload': `${head}..${mark}`,
  };
  for (const [name, text] of Object.entries(refused)) {
    const opened = readMessage(text)?.open(x, TYPE);
    assert.ok(opened !== undefined && 'refused' in opened, name);
  }
  assert.ok(Buffer.isBuffer(readMessage(good)?.open(x, TYPE)));
});

test('what has no header that can be read is no message', () => {
  const texts = [
    '',
    '.',
    'x',
    '..',
    '!!.a.b',
    Buffer.from('[]').toString('base64url'),
    'bnVsbA.a.b',
    'e30=.a.b',
  ];
  for (const text of texts) assert.equal(readMessage(text), null, text);
  assert.equal(readMessage('e30.a.b')?.keyId, undefined);
});
