import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ACTION_STATUSES, type ActionStatus } from '../../src/contract/machine-action.ts';
import { advance, isFinal, type LifecycleEvent } from '../../src/domain/lifecycle.ts';

const EVENTS: readonly LifecycleEvent[] = ['deliver', 'prove', 'fail', 'timeOut', 'cancel'];

/** Design, part 4, row by row; null is what cannot happen. */
const TABLE: Readonly<Record<ActionStatus, readonly (ActionStatus | null)[]>> = {
  Pending: ['InProgress', null, 'Failed', 'TimeOut', 'Cancelled'],
  InProgress: [null, 'Succeeded', 'Failed', 'TimeOut', 'Cancelled'],
  Succeeded: [null, null, null, null, null],
  Failed: [null, null, null, null, null],
  TimeOut: [null, null, null, null, null],
  Cancelled: [null, null, null, null, null],
};

for (const status of ACTION_STATUSES) {
  for (const [index, event] of EVENTS.entries()) {
    const expected = TABLE[status][index] ?? null;
    test(`${status} and ${event}: ${expected ?? 'cannot happen'}`, () => {
      assert.equal(advance(status, event), expected);
    });
  }
}

test('final are exactly Succeeded, Failed, TimeOut and Cancelled', () => {
  assert.deepEqual(ACTION_STATUSES.filter(isFinal), ['Succeeded', 'Failed', 'TimeOut', 'Cancelled']);
});

test('whatever happens in whatever order: it ends once, never changes then, and only a proof succeeds', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 20 }), (events) => {
      let status: ActionStatus = 'Pending';
      const path: ActionStatus[] = [status];
      for (const event of events) {
        const next = advance(status, event);
        if (next === null) continue;
        assert.ok(!isFinal(status), `${status} is final`);
        if (next === 'Succeeded') assert.equal(event, 'prove');
        status = next;
        path.push(status);
      }
      assert.ok(path.length <= 3);
      assert.equal(new Set(path).size, path.length);
      if (status === 'Succeeded') assert.deepEqual(path, ['Pending', 'InProgress', 'Succeeded']);
    }),
  );
});
