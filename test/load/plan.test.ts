import assert from 'node:assert/strict';
import test from 'node:test';
import { latencyOf } from '../../src/load/latency.ts';
import { planned } from '../../src/load/plan.ts';

const OPTIONS = { devices: 50, rate: 100, duration: 10_000, seed: 7 };

test('the same seed plans the same, another seed something else', () => {
  assert.deepEqual(planned(OPTIONS), planned(OPTIONS));
  assert.notDeepEqual(planned(OPTIONS), planned({ ...OPTIONS, seed: 8 }));
});

test('a plan keeps the rate on average, in order of time, and ends in time', () => {
  for (const seed of [0, 1, 2, 2_147_483_647]) {
    const plan = planned({ ...OPTIONS, seed });
    assert.ok(Math.abs(plan.length - 1000) < 100, `${plan.length} actions of about 1000`);
    assert.ok(plan.every(({ at }, index) => at >= (plan[index - 1]?.at ?? 0) && at < OPTIONS.duration));
  }
});

test('every device has its turn before one has a second, restricted first and released then', () => {
  const plan = planned(OPTIONS);
  for (const turn of [0, 1, 2]) {
    const round = plan.slice(turn * 50, turn * 50 + 50);
    assert.equal(new Set(round.map(({ device }) => device)).size, 50);
    assert.ok(round.every(({ type }) => type === (turn === 1 ? 'unrestrict' : 'restrict')));
  }
});

test('percentiles are measured values, and nothing is said where nothing was measured', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.deepEqual(latencyOf(values), { count: 100, p50: 50, p90: 90, p99: 99, most: 100 });
  assert.deepEqual(latencyOf([]), { count: 0, p50: null, p90: null, p99: null, most: null });
});
