import assert from 'node:assert/strict';
import type { WireActionEvent } from '../../src/contract/cordon.ts';
import type { ActionStatus } from '../../src/contract/machine-action.ts';
import type { Client } from '../../src/sdk/index.ts';
import { isFinal } from '../../src/sdk/index.ts';

/** Ways from the request to an end, as the design's life cycle has them. */
const WAYS: readonly (readonly ActionStatus[])[] = [
  ['Pending', 'InProgress', 'Succeeded'],
  ['Pending', 'InProgress', 'Failed'],
  ['Pending', 'Failed'],
  ['Pending', 'InProgress', 'TimeOut'],
  ['Pending', 'TimeOut'],
  ['Pending', 'InProgress', 'Cancelled'],
  ['Pending', 'Cancelled'],
];

/**
 * Checks what holds of every action that has ended, whatever died on the way: one final state, reached once, by a way
 * of the life cycle, with an unbroken history, and success never without a proof.
 * @returns the history
 */
export async function assertEnded(api: Client, id: string, status: ActionStatus): Promise<WireActionEvent[]> {
  const [action, history] = await Promise.all([api.action(id), api.history(id)]);
  const told = JSON.stringify(history, null, 1);
  assert.equal(action.status, status, told);
  // A transition has the next number; what is only noted has that of the transition it follows.
  const numbers = [...new Set(history.map(({ revision }) => revision))];
  assert.deepEqual(
    numbers,
    numbers.map((_number, index) => 1 + index),
    told,
  );
  // The wire leaves trailing zeros out, and the point with them.
  const times = history.map(({ at }) =>
    (at.includes('.') ? at.slice(0, -1) : `${at.slice(0, -1)}.`).padEnd(27, '0'),
  );
  assert.deepEqual(times, [...times].sort(), told);
  // What comes after the end is noted under the status that stands.
  const way = history.map((event) => event.status).filter((one, index, all) => one !== all[index - 1]);
  assert.ok(
    WAYS.some((known) => known.join() === way.join()),
    told,
  );
  assert.equal(history.filter((event, index) => isFinal(event) && !isFinal(history[index - 1]!)).length, 1);
  assert.deepEqual([history[0]?.cause, history[0]?.actor.kind], ['requested', 'application']);
  const success = history.find((event) => event.status === 'Succeeded');
  if (success !== undefined) {
    assert.equal(success.actor.kind, 'device');
    const checks = success.evidence?.checks ?? [];
    assert.ok(checks.length > 0 && checks.every(({ passed }) => passed), told);
  }
  return history;
}
