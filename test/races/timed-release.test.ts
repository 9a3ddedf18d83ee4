/** A release that is due, and who else comes at that moment. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { refused, succeeded } from '../kit/reply.ts';
import { actions, MINUTE, restricted } from '../kit/timed-release.ts';
import { startWorld } from '../kit/world.ts';

test('of several processes that find a release due, one appends it', async () => {
  await using world = await startWorld();
  const { device, action } = await restricted(world);
  const others = await Promise.all([world.another(), world.another(), world.another()]);
  world.time.step(10 * MINUTE);
  await world.until(async () => (await actions(world)).length > 1);
  await Promise.all(others.map((server) => server.close()));
  const releases = (await actions(world)).filter(({ releaseOf }) => releaseOf === action.id);
  assert.equal(releases.length, 1);
  assert.equal((await world.state(device.machineId)).control.generation, 2);
});

test('a person’s restriction that comes first voids the release that was about to be appended', async () => {
  await using world = await startWorld();
  const { device } = await restricted(world);
  const held = world.faults.hold('requestAction');
  world.time.step(10 * MINUTE);
  const { release: resume } = await held;
  const newer = await world.restrict(device.machineId);
  resume();
  await device.obey();
  assert.equal((await world.action(newer.id)).status, 'Succeeded');
  assert.deepEqual([(await actions(world)).length, device.desired[0]?.mode], [2, 'restricted']);
});

test('a person’s request that comes after the release was appended waits for it, as for any other', async () => {
  await using world = await startWorld();
  const { device } = await restricted(world);
  world.time.step(10 * MINUTE);
  await world.until(async () => (await actions(world)).length === 2);
  const path = `/api/machines/${device.machineId}/restrictCodeExecution`;
  refused(
    await world.call('POST', path, { body: { Comment: 'x' } }),
    'ActiveRequestAlreadyExists',
    'Action is already in progress',
  );
});

test('a device’s own report and the sweep append one release between them', async () => {
  await using world = await startWorld();
  const { device, action, order } = await restricted(world);
  const held = world.faults.hold('requestAction');
  world.time.step(10 * MINUTE);
  const { release: resume } = await held;
  await device.releaseByItself(order);
  resume();
  await world.until(async () => (await actions(world)).every(({ status }) => status === 'Succeeded'));
  const releases = (await actions(world)).filter(({ releaseOf }) => releaseOf === action.id);
  assert.deepEqual(
    releases.map(({ status }) => status),
    ['Succeeded'],
  );
});

test('a cancellation of the restriction at the moment of its time releases nothing twice', async () => {
  await using world = await startWorld();
  const device = await world.device();
  const action = await world.restrictFor(device.machineId, 'PT10M');
  await device.accept(await device.next());
  const held = world.faults.hold('advanceAction');
  world.time.step(10 * MINUTE);
  const { release: resume } = await held;
  succeeded(await world.cancel(action.id));
  resume();
  const order = await device.next();
  assert.deepEqual([order.mode, order.generation], ['unmanaged', 2]);
  assert.equal((await actions(world)).length, 1);
});
