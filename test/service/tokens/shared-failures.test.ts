import assert from 'node:assert/strict';
import test from 'node:test';
import { createSharedFailures } from '../../../src/service/tokens/shared-failures.ts';
import { openMemoryStore } from '../../../src/store/sqlite/index.ts';

const LIMIT = { failures: 30, within: 60 };
const CLIENT = '7a6b1ad0-0000-4000-8000-000000000001';
const ADDRESS = '203.0.113.7';

/** Processes on one store, at a time that the test moves. */
async function processes(count: number) {
  const store = await openMemoryStore();
  const time = { now: Date.UTC(2026, 2, 2) };
  const all = Array.from({ length: count }, () =>
    createSharedFailures(LIMIT, { store, milliseconds: () => time.now }),
  );
  return { all, time, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

/** Attempts of `count`, at the processes in turn, that were let through to fail. */
async function failed(all: Awaited<ReturnType<typeof processes>>['all'], count: number, address = ADDRESS) {
  let passed = 0;
  for (let attempt = 0; attempt < count; attempt += 1) {
    const failures = all[attempt % all.length]!;
    if ((await failures.refusal(CLIENT, address)) !== null) continue;
    passed += 1;
    await failures.count(CLIENT, address);
  }
  return passed;
}

for (const count of [1, 2, 5]) {
  test(`${count} processes together let 30 failures of an address through, and at most one more for each other process`, async () => {
    await using world = await processes(count);
    const passed = await failed(world.all, 200);
    assert.ok(passed >= 30 && passed <= 30 + count - 1, `${passed} attempts passed`);
    for (const failures of world.all) {
      const refusal = await failures.refusal(CLIENT, ADDRESS);
      assert.equal(refusal?.refused, 'tooManyFailures');
      assert.equal(refusal.retryAfter, 60);
    }
  });
}

test('the limit of one address stops nobody at another, and ends with its minute', async () => {
  await using world = await processes(2);
  await failed(world.all, 100);
  assert.equal(await failed(world.all, 10, '203.0.113.8'), 10);
  world.time.now += 60_001;
  for (const failures of world.all) assert.equal(await failures.refusal(CLIENT, ADDRESS), null);
  assert.equal(await failed(world.all, 29), 29);
});
