import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { instantFrom, orderOfWireTime, wireTime } from '../../src/contract/time.ts';

/** Milliseconds of some seconds and ticks with many zeros at their ends, so that the wire's forms differ in length. */
const moment = fc
  .tuple(
    fc.integer({ min: 0, max: 3_000 }),
    fc.oneof(fc.constantFrom(0, 1, 10, 1_000), fc.integer({ min: 0, max: 9_999 })),
  )
  .map(([milliseconds, ticks]) => instantFrom(Date.UTC(2026, 10, 26) + milliseconds, ticks));

test('times of the wire are in the order of time by their order, whatever their lengths', () => {
  const order = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
  fc.assert(
    fc.property(moment, moment, (one, other) => {
      assert.equal(
        order(orderOfWireTime(wireTime(one)), orderOfWireTime(wireTime(other))),
        order(one, other),
      );
    }),
  );
});
