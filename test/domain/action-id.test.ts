import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { instantFrom } from '../../src/contract/time.ts';
import { actionIdOf } from '../../src/domain/action-id.ts';

const instant = fc
  .tuple(fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }), fc.integer({ min: 0, max: 9999 }))
  .map(([milliseconds, ticks]) => instantFrom(milliseconds, ticks));
const random = fc.uuid({ version: 4 });

test('ids of actions are in the order of creation, to the last digit of its time', () => {
  fc.assert(
    fc.property(instant, instant, random, random, (one, other, first, second) => {
      fc.pre(one !== other);
      assert.equal(actionIdOf(one, first) < actionIdOf(other, second), one < other);
    }),
  );
  const [before, after] = [instantFrom(1_000, 4_095), instantFrom(1_000, 4_096)];
  assert.ok(actionIdOf(before, 'f'.repeat(36)) < actionIdOf(after, '0'.repeat(36)));
});

test('an id is a UUID of version 7, and those of one instant differ', () => {
  fc.assert(
    fc.property(instant, (at) => {
      const ids = [actionIdOf(at, randomUUID()), actionIdOf(at, randomUUID())];
      assert.notEqual(ids[0], ids[1]);
      for (const id of ids)
        assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }),
  );
});
