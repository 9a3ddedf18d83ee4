import assert from 'node:assert/strict';
import test from 'node:test';
import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS } from '../../src/contract/operations.ts';
import type { Caller } from '../../src/domain/caller.ts';
import { CordonError } from '../../src/domain/error.ts';
import { createSharedQuota } from '../../src/service/shared-quota.ts';
import type { CallStore } from '../../src/store/port.ts';
import { openMemoryStore } from '../../src/store/sqlite/index.ts';

const APP: Caller = { kind: 'application', tenantId: 'tenant', id: 'one', name: 'one', permissions: [] };
const LIST: Operation = OPERATIONS.listMachines;

/** Processes on one store, at a time that the test moves. */
async function processes(count: number, perMinute: number, perHour: number) {
  const store = await openMemoryStore();
  const seen = { writes: 0, milliseconds: Date.UTC(2026, 2, 2) };
  const counted: CallStore = {
    takeCalls(take) {
      seen.writes += 1;
      return store.takeCalls(take);
    },
    expireCalls: (now, limit) => store.expireCalls(now, limit),
  };
  const limit = { perMinute, perHour };
  const milliseconds = () => seen.milliseconds;
  const quotas = Array.from({ length: count }, () =>
    createSharedQuota({ limit, store: counted, milliseconds }),
  );
  return { quotas, seen, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

/** Calls served of `count` that go to the processes in turn; a refusal must say when. */
async function served(
  quotas: readonly { take(caller: Caller, operation: Operation): Promise<void> }[],
  count: number,
) {
  let taken = 0;
  let wait = 0;
  for (let call = 0; call < count; call += 1) {
    try {
      await quotas[call % quotas.length]!.take(APP, LIST);
      taken += 1;
    } catch (error) {
      assert.ok(error instanceof CordonError);
      assert.equal(error.code, 'TooManyRequests');
      wait = error.retryAfter ?? assert.fail('it says no time');
    }
  }
  return { taken, wait };
}

for (const [processCount, perMinute] of [
  [1, 100],
  [2, 100],
  [5, 100],
  [3, 10_000],
] as const) {
  test(`${processCount} processes let ${perMinute} calls a minute through, at most five percent fewer and none more`, async () => {
    await using world = await processes(processCount, perMinute, 10 * perMinute);
    const { taken, wait } = await served(world.quotas, perMinute + 300);
    assert.ok(taken <= perMinute && taken >= 0.95 * perMinute, `${taken} calls`);
    assert.equal(wait, 60);
    // A new window begins by itself.
    world.seen.milliseconds += 60_000;
    assert.equal((await served(world.quotas, 10)).taken, 10);
  });
}

test('a call far from the limit costs no write', async () => {
  await using world = await processes(1, 1_000_000, 10_000_000);
  await served(world.quotas, 5000);
  assert.ok(world.seen.writes <= 4, `${world.seen.writes} writes`);
});

test('calls that come at once are counted one by one', async () => {
  await using world = await processes(2, 50, 1000);
  const asked = Array.from({ length: 120 }, (_, call) => world.quotas[call % 2]!.take(APP, LIST));
  const outcomes = await Promise.allSettled(asked);
  const through = outcomes.filter(({ status }) => status === 'fulfilled').length;
  assert.ok(through <= 50 && through >= 48, `${through} calls`);
});

test('what a full minute refuses does not count in the hour', async () => {
  await using world = await processes(1, 10, 25);
  for (const expected of [10, 10, 5]) {
    assert.equal((await served(world.quotas, 40)).taken, expected);
    world.seen.milliseconds += 60_000;
  }
});
