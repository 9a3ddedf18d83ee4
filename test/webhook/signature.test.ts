import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { Webhook } from 'standardwebhooks';
import { signatureHeaders, webhookSecret } from '../../src/webhook/signature.ts';

const now = () => Math.floor(Date.now() / 1000);
const secret = () => webhookSecret((length) => randomBytes(length));
const signed = { id: 'evt_1', timestamp: now(), body: '{"name":"Übung"}' };

test('the receiver’s library verifies what was signed, and refuses what was changed', () => {
  const own = secret();
  const headers = signatureHeaders(signed, [own]);
  assert.deepEqual(new Webhook(own).verify(signed.body, headers), { name: 'Übung' });
  assert.throws(() => new Webhook(own).verify(`${signed.body} `, headers), /signature/i);
  assert.throws(
    () => new Webhook(own).verify(signed.body, { ...headers, 'webhook-id': 'evt_2' }),
    /signature/i,
  );
  assert.throws(() => new Webhook(secret()).verify(signed.body, headers), /signature/i);
  const old = signatureHeaders({ ...signed, timestamp: now() - 3600 }, [own]);
  assert.throws(() => new Webhook(own).verify(signed.body, old), /old/i);
});

test('the signature is the one of the standard’s own example', () => {
  const example = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: 1_614_265_330,
    body: '{"test": 2432232314}',
  };
  const headers = signatureHeaders(example, ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']);
  assert.equal(headers['webhook-signature'], 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('with two secrets a receiver that has either verifies', () => {
  const [fresh, former] = [secret(), secret()];
  const headers = signatureHeaders(signed, [fresh, former]);
  for (const known of [fresh, former]) new Webhook(known).verify(signed.body, headers);
  assert.equal(headers['webhook-signature']?.split(' ').length, 2);
});

test('a secret is 256 bits in the form of the standard', () => {
  assert.match(secret(), /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.notEqual(secret(), secret());
});
