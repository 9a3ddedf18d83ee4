import assert from 'node:assert/strict';
import test from 'node:test';
import { until } from '../../src/load/pace.ts';

test('a run that is behind its plan lets its devices work between two requests', async () => {
  const order: string[] = [];
  const never = new AbortController().signal;
  setImmediate(() => order.push('device'));
  for (const request of [1, 2]) {
    await until(performance.now() - 1000, never);
    order.push(`request ${request}`);
    setImmediate(() => order.push(`answer ${request}`));
  }
  assert.deepEqual(order, ['device', 'request 1', 'answer 1', 'request 2']);
  await assert.rejects(until(0, AbortSignal.abort()));
});
