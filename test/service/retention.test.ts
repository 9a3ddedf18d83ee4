import assert from 'node:assert/strict';
import test from 'node:test';
import { createMetrics, type Metrics } from '../../src/server/metrics/metrics.ts';
import { succeeded } from '../kit/reply.ts';
import { startWorld, TENANT, type World } from '../kit/world.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const PATH = 'restrictCodeExecution';

/** An action that a device carries out. */
async function carriedOut(
  world: World,
  device: Awaited<ReturnType<World['device']>>,
  verb: 'restrict' | 'unrestrict',
) {
  const action = await world[verb](device.machineId);
  const order = await device.next();
  await device.accept(order);
  await device.prove(order);
  return action.id;
}

const gone = (world: World, id: string) =>
  world.until(async () => (await world.store.action(TENANT, id, null)) === null);

/** Resolves when a chore has been done three times more: what it would do, it has done. */
async function rounds(world: World, metrics: Metrics, chore: string): Promise<void> {
  const done = async () =>
    Number(new RegExp(`chore="${chore}",outcome="done"} (\\d+)`).exec(await metrics.text())?.[1] ?? 0);
  const before = await done();
  await world.until(async () => (await done()) >= before + 3);
}

test('what ended long ago leaves, and what the mode follows from stays with its history', async () => {
  await using world = await startWorld({ retainActions: 30 * DAY });
  const device = await world.device();
  const old = await carriedOut(world, device, 'restrict');
  const before = await carriedOut(world, device, 'unrestrict');
  const present = await carriedOut(world, device, 'restrict');
  world.time.step(31 * DAY);
  await gone(world, old);
  for (const id of [before, present]) assert.equal((await world.store.actionEvents(TENANT, id)).length, 3);
  const [control] = await world.store.controlsOf(TENANT, [device.machineId]);
  assert.deepEqual(
    [control?.mode, control?.observedProven, control?.actionId],
    ['restricted', true, present],
  );
  await world.until(async () => world.logged.some(({ msg }) => msg === 'old actions were removed'));
  const line = world.logged.find(({ msg }) => msg === 'old actions were removed');
  assert.deepEqual([line?.removed, line?.kept], [1, 2]);
});

test('nothing leaves in the first hour, nor in the hour after the clock jumped', async () => {
  const metrics = createMetrics(() => performance.now());
  await using world = await startWorld({ retainActions: 2 * DAY, metrics });
  const device = await world.device();
  const [old] = [await carriedOut(world, device, 'restrict'), await carriedOut(world, device, 'unrestrict')];
  await carriedOut(world, device, 'restrict');
  world.time.jump(400 * DAY);
  await world.until(async () => world.logged.some(({ msg }) => /wall clock jumped/.test(String(msg))));
  world.time.step(HOUR - 60_000);
  await rounds(world, metrics, 'retention');
  assert.notEqual(await world.store.action(TENANT, old!, null), null);
  world.time.step(120_000);
  await world.until(async () => (await world.store.action(TENANT, old!, null)) === null);
});

test('by default everything is kept', async () => {
  const metrics = createMetrics(() => performance.now());
  await using world = await startWorld({ metrics });
  const device = await world.device();
  const old = await carriedOut(world, device, 'restrict');
  await carriedOut(world, device, 'unrestrict');
  await carriedOut(world, device, 'restrict');
  world.time.step(4000 * DAY);
  await rounds(world, metrics, 'sweep');
  assert.notEqual(await world.store.action(TENANT, old, null), null);
});

test('a report for an action that was removed is received, changes nothing and is told to the log', async () => {
  await using world = await startWorld({ retainActions: 2 * DAY });
  const device = await world.device();
  const action = await world.restrict(device.machineId);
  const late = await device.next();
  await device.accept(late);
  await world.cancel(action.id);
  await carriedOut(world, device, 'restrict');
  await carriedOut(world, device, 'unrestrict');
  world.time.step(4 * DAY);
  await gone(world, action.id);
  const state = await world.store.controlsOf(TENANT, [device.machineId]);
  await device.prove(late);
  assert.deepEqual(await world.store.controlsOf(TENANT, [device.machineId]), state);
  const line = world.logged.find(({ msg }) => msg === 'report of an action that is not kept');
  assert.deepEqual([line?.machine, line?.action], [device.machineId, action.id]);
});

test('a key that was used for an action which left makes a new one', async () => {
  await using world = await startWorld({ retainActions: 2 * DAY });
  const device = await world.device();
  const ask = async () =>
    succeeded<{ id: string }>(
      await world.call('POST', `/api/machines/${device.machineId}/${PATH}`, {
        body: { Comment: 'once' },
        headers: { 'idempotency-key': 'the-key' },
        token: await client.token(),
      }),
      201,
    ).id;
  const client = await world.client(['Machine.RestrictExecution']);
  const first = await ask();
  await world.cancel(first);
  assert.equal(await ask(), first, 'within a day it is the same action');
  await carriedOut(world, device, 'restrict');
  await carriedOut(world, device, 'unrestrict');
  world.time.step(4 * DAY);
  await world.until(async () => (await world.store.action(TENANT, first, null)) === null);
  assert.notEqual(await ask(), first);
});
