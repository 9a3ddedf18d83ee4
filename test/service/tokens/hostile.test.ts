import assert from 'node:assert/strict';
import test from 'node:test';
import { CordonError } from '../../../src/domain/error.ts';
import { signingKey, tokenWorld } from '../../kit/token-world.ts';
import { hostileTokens } from '../../kit/tokens.ts';

test('every hostile token is refused with a reason, twice, and never kept', async (t) => {
  await using world = await tokenWorld();
  const genuine = (await world.bearer()).slice('Bearer '.length);
  const hostile = await hostileTokens(genuine, await signingKey(world.store), world.now());
  assert.ok(hostile.size > 50);
  for (const [wrong, token] of hostile) {
    await t.test(wrong, async () => {
      for (const attempt of [1, 2]) {
        await assert.rejects(world.verifier.verify(`Bearer ${token}`), (error: unknown) => {
          assert.ok(error instanceof CordonError, `attempt ${attempt}: ${error}`);
          assert.equal(error.code, 'Unauthorized');
          assert.match(error.message, /^[A-Z].+\.$/);
          assert.ok(!error.message.includes(token));
          return true;
        });
        assert.equal(world.verifier.verifyCached(`Bearer ${token}`), null);
      }
    });
  }
  await t.test('and the genuine token still serves', async () => {
    assert.equal((await world.verifier.verify(`Bearer ${genuine}`)).kind, 'application');
  });
});

test('the message says what is wrong', async () => {
  await using world = await tokenWorld();
  const genuine = (await world.bearer()).slice('Bearer '.length);
  const hostile = await hostileTokens(genuine, await signingKey(world.store), world.now());
  const messages = {
    expired: /has expired/,
    'not valid yet': /not valid yet/,
    'another audience': /audience/,
    'another issuer': /issuer/,
    'alg none without a signature': /algorithm/,
    'an HMAC made with the public key as PEM': /algorithm/,
    'another key under our kid': /signature/,
    'another key under its own kid': /not signed by a key of this server/,
    encrypted: /[Ee]ncrypted/,
    crit: /extensions/,
    huge: /too long/,
    garbage: /not a JSON web token/,
  };
  for (const [wrong, message] of Object.entries(messages)) {
    await assert.rejects(world.verifier.verify(`Bearer ${hostile.get(wrong)}`), message, wrong);
  }
});

test('a header that is no bearer token is refused', async () => {
  await using world = await tokenWorld();
  const bearer = await world.bearer();
  const headers = [
    undefined,
    '',
    ' ',
    'Bearer',
    'Bearer ',
    'Basic dTpw',
    bearer.slice(7),
    `${bearer} x`,
    `${bearer}\0`,
    `Bearer\t${bearer}`,
  ];
  for (const header of headers) {
    await assert.rejects(world.verifier.verify(header), { code: 'Unauthorized' }, JSON.stringify(header));
  }
  assert.equal((await world.verifier.verify(bearer.replace('Bearer', 'bearer'))).kind, 'application');
});
