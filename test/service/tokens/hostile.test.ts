import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
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

test('whatever text arrives, the answer is a refusal and never a fault', async () => {
  await using world = await tokenWorld();
  const segment = fc.oneof(
    fc.base64String(),
    fc.json().map((text) => Buffer.from(text).toString('base64url')),
    fc
      .record({
        alg: fc.constantFrom('RS256', 'PS256', 'ES256', 'none'),
        kid: fc.anything(),
        typ: fc.anything(),
      })
      .map((header) => {
        return Buffer.from(
          JSON.stringify(header, (_key, value) => (typeof value === 'bigint' ? String(value) : value)),
        ).toString('base64url');
      }),
  );
  const header = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(segment, { minLength: 1, maxLength: 6 }).map((segments) => `Bearer ${segments.join('.')}`),
  );
  await fc.assert(
    fc.asyncProperty(header, async (text) => {
      assert.equal(world.verifier.verifyCached(text), null);
      await assert.rejects(world.verifier.verify(text), { code: 'Unauthorized' });
    }),
    { numRuns: 500 },
  );
});

test('a genuine token with any one character of its claims changed is refused', async () => {
  await using world = await tokenWorld();
  const bearer = await world.bearer();
  const end = bearer.lastIndexOf('.');
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 7, max: end - 1 }),
      fc.constantFrom(...alphabet),
      async (index, character) => {
        fc.pre(bearer[index] !== '.' && bearer[index] !== character);
        const changed = bearer.slice(0, index) + character + bearer.slice(index + 1);
        await assert.rejects(world.verifier.verify(changed), { code: 'Unauthorized' });
      },
    ),
    { numRuns: 200 },
  );
});
