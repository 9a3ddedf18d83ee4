/** The arithmetic of docs/scaling.md, and the simulation against what is known of queues. */
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { ASSUMED, costsOf } from '../../bench/scaling/inputs.ts';
import { exponential, poisson, served } from '../../bench/scaling/queue.ts';
import { simulate } from '../../bench/scaling/simulate.ts';
import { needsOf } from '../../bench/scaling/sum.ts';
import { seeded } from '../../src/load/plan.ts';

const near = (actual: number, expected: number, share: number, what: string) =>
  assert.ok(
    Math.abs(actual - expected) <= share * expected,
    `${what}: ${actual}, expected about ${expected}`,
  );

describe('a queue with one server', () => {
  const seconds = 4000;
  const [arriving, serving] = [70, 100];
  const random = seeded(7);
  const arrivals = Float64Array.from(poisson(arriving, 0, seconds, random));
  const done = served(
    arrivals,
    Float64Array.from(arrivals, () => exponential(1 / serving, random)),
  );
  const mean = done.reduce((sum, end, job) => sum + end - arrivals[job]!, 0) / arrivals.length;

  test('takes as long as M/M/1 says: 1 / (μ - λ)', () => {
    near(mean, 1 / (serving - arriving), 0.1, 'mean seconds in the system');
  });

  test("holds as many as Little's law says: λ W, counted at moments of their own", () => {
    let [held, come, gone] = [0, 0, 0];
    const looks = 20_000;
    for (let look = 0; look < looks; look += 1) {
      const at = ((look + 0.5) * seconds) / looks;
      while (come < arrivals.length && arrivals[come]! <= at) come += 1;
      while (gone < done.length && done[gone]! <= at) gone += 1;
      held += come - gone;
    }
    near(held / looks, (arrivals.length / seconds) * mean, 0.05, 'jobs in the system');
  });

  test('never has done a job before it came, nor two at once', () => {
    assert.deepEqual([...served(Float64Array.of(0, 1, 5), Float64Array.of(3, 1, 1))], [3, 4, 6]);
  });
});

describe('the sum', () => {
  const fleet = { devices: 1_000_000, actions: 20 };
  const costs = { ...ASSUMED, serverMicrosecondsPerExchange: 1000, serverMicrosecondsPerAction: 10_000 };

  test('multiplies devices, exchanges, bytes and rows', () => {
    const needs = needsOf(fleet, costs, { busy: 0.5, devices: 20_000 });
    near(needs.idleExchangesPerSecond, 20_000, 1e-9, 'exchanges');
    near(needs.exchangesPerSecond, 20_000 + 20 * ASSUMED.exchangesPerAction, 1e-9, 'exchanges');
    near(needs.cores, 20.2, 1e-9, 'cores');
    assert.equal(needs.processes, 50);
    near(needs.bytesEach, 20_000 * ASSUMED.bytesPerDevice, 1e-9, 'bytes');
    assert.equal(needs.actionRowsPerSecond, 20 * ASSUMED.postgresRowsWrittenPerAction);
    assert.equal(needs.databases, 1);
  });

  test('takes more processes where the processor and not the devices is the limit', () => {
    assert.equal(needsOf(fleet, costs, { busy: 0.1, devices: 20_000 }).processes, 202);
  });

  test('says which of its costs were not measured', () => {
    const { costs: found, assumed } = costsOf({
      devices: { figures: { bytesPerDevice: 20_000 }, details: { rowsPerAction: 4 } } as never,
    });
    assert.deepEqual([found.bytesPerDevice, found.rowsPerAction], [20_000, 4]);
    assert.ok(!assumed.includes('bytesPerDevice') && assumed.includes('bytesPerDeviceTls'));
  });
});

describe('the simulation', () => {
  const options = {
    ...{ seed: 3, processes: 5, devices: 50_000, actions: 50, seconds: 60, backoff: 1, failsAt: null },
    costs: ASSUMED,
  };
  const needs = needsOf(options, ASSUMED, { busy: 1, devices: 10_000 });

  test('comes to the same as the sum where nothing fails', () => {
    const calm = simulate(options);
    near(calm.exchangesPerSecond, needs.idleExchangesPerSecond, 0.02, 'exchanges');
    near(calm.busy, needs.busy, 0.05, 'share of a core');
    near(calm.rowsPerSecond, needs.seenPerSecond + needs.actionRowsPerSecond, 0.05, 'rows');
    assert.equal(calm.allBackIn, null);
    assert.ok(calm.p50 > 0 && calm.p99 > calm.p50);
  });

  test('gives the same for a seed, and something else for another', () => {
    assert.deepEqual(simulate(options), simulate(options));
    assert.notDeepEqual(simulate(options), simulate({ ...options, seed: 4 }));
  });

  test('brings the devices of a failed process back at the others, no sooner than their work allows', () => {
    const failing = simulate({ ...options, failsAt: 20 });
    // 10,000 devices with two exchanges of 500 µs each, shared by four that have half a millisecond to spare in each.
    const least = (10_000 * 2 * ASSUMED.serverMicrosecondsPerExchange) / 1e6 / 4;
    assert.ok(failing.allBackIn! > least, `${failing.allBackIn} s, at least ${least} s`);
    assert.ok(failing.allBackIn! < 5 * least, `${failing.allBackIn} s`);
    assert.ok(failing.p99AfterFailure! > simulate(options).p99);
    assert.ok(failing.mostRowsInASecond > 2 * failing.rowsPerSecond);
  });
});
