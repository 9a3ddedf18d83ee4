/** Two who end the same action: each pair in both orders, held at the door of the store. */
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import type { PuppetDevice } from '../kit/device.ts';
import { refused, succeeded } from '../kit/reply.ts';
import { startWorld, type World } from '../kit/world.ts';

const HOUR = 3_600_000;

interface Scene {
  readonly world: World;
  readonly device: PuppetDevice;
  readonly actionId: string;
}

/** An accepted action to restrict. */
async function scene(world: World): Promise<Scene> {
  const device = await world.device();
  const action = await world.restrict(device.machineId);
  await device.accept(await device.next());
  return { world, device, actionId: action.id };
}

/** The history is whole: revisions count on, nothing follows a final status but what came late. */
async function checkHistory({ world, device, actionId }: Scene, statuses: readonly string[]): Promise<void> {
  const events = await world.store.actionEvents(device.tenantId, actionId);
  assert.deepEqual(
    events.map(({ status }) => status),
    statuses,
  );
  const action = await world.store.action(device.tenantId, actionId, null);
  assert.equal(action?.status, statuses.at(-1));
  assert.equal(action?.revision, events.at(-1)?.revision);
}

describe('a cancellation and a proof', () => {
  test('when the proof is first, the cancellation is refused and says what came', async () => {
    await using world = await startWorld();
    const stage = await scene(world);
    const held = world.faults.hold('advanceAction');
    const cancelling = world.cancel(stage.actionId);
    const { release } = await held;
    await stage.device.prove(stage.device.desired[0]!);
    release();
    refused(
      await cancelling,
      'BadRequest',
      `Action ${stage.actionId} is already Succeeded and can't be cancelled.`,
    );
    await checkHistory(stage, ['Pending', 'InProgress', 'Succeeded']);
    const { control } = await world.state(stage.device.machineId);
    assert.deepEqual([control.mode, control.assurance, control.generation], ['restricted', 'proven', 1]);
  });

  test('when the cancellation is first, the proof is late and the mode before is wanted', async () => {
    await using world = await startWorld();
    const stage = await scene(world);
    const held = world.faults.hold('advanceAction');
    const proving = stage.device.prove(stage.device.desired[0]!);
    const { release } = await held;
    succeeded(await world.cancel(stage.actionId));
    release();
    const { desired } = await proving;
    assert.deepEqual(
      desired.map(({ mode, generation }) => [mode, generation]),
      [['unmanaged', 2]],
      'the answer to the proof brings the order that undoes it',
    );
    await checkHistory(stage, ['Pending', 'InProgress', 'Cancelled', 'Cancelled']);
    const { control } = await world.state(stage.device.machineId);
    assert.deepEqual([control.mode, control.assurance], ['unmanaged', 'unproven']);
  });
});

describe('a time-out and a proof', () => {
  test('when the proof is first, the time-out does nothing', async () => {
    await using world = await startWorld({ timeouts: () => ({ pending: HOUR, progress: 1000 }) });
    const stage = await scene(world);
    const held = world.faults.hold('advanceAction');
    world.time.step(1000);
    const { release } = await held;
    await stage.device.prove(stage.device.desired[0]!);
    release();
    await checkHistory(stage, ['Pending', 'InProgress', 'Succeeded']);
    assert.equal((await world.state(stage.device.machineId)).control.assurance, 'proven');
    assert.equal((await world.action(stage.actionId)).errorHResult, 0);
  });

  test('when the time-out is first, the proof updates what is observed and not the status', async () => {
    await using world = await startWorld({ timeouts: () => ({ pending: HOUR, progress: 1000 }) });
    const stage = await scene(world);
    const held = world.faults.hold('advanceAction');
    const proving = stage.device.prove(stage.device.desired[0]!);
    const { release } = await held;
    world.time.step(1000);
    await world.until(async () => (await world.action(stage.actionId)).status === 'TimeOut');
    release();
    await proving;
    await checkHistory(stage, ['Pending', 'InProgress', 'TimeOut', 'TimeOut']);
    const { control } = await world.state(stage.device.machineId);
    assert.deepEqual([control.mode, control.assurance], ['restricted', 'proven']);
  });
});

test('a cancellation that meets the acceptance of the device wins on what is there then', async () => {
  await using world = await startWorld();
  const device = await world.device();
  const action = await world.restrict(device.machineId);
  const order = await device.next();
  const held = world.faults.hold('advanceAction');
  const cancelling = world.cancel(action.id);
  const { release } = await held;
  await device.accept(order);
  release();
  succeeded(await cancelling);
  await checkHistory({ world, device, actionId: action.id }, ['Pending', 'InProgress', 'Cancelled']);
});

test('an observation that meets a new request is late, and does not pass for the new one', async () => {
  await using world = await startWorld();
  const device = await world.device();
  const first = await world.restrict(device.machineId);
  const order = await device.obey();
  const held = world.faults.hold('observe');
  const drifting = device.drift(order, { observed: 'restricted' });
  const { release } = await held;
  const second = await world.unrestrict(device.machineId);
  release();
  await drifting;
  const { control } = await world.state(device.machineId);
  assert.deepEqual(
    [control.mode, control.assurance, control.actionId],
    ['unrestricted', 'changing', second.id],
  );
  assert.equal((await world.history(first.id)).at(-1)?.cause, 'late report');
  assert.equal((await world.action(second.id)).status, 'Pending');
});

test('the same report in two exchanges at once advances once', async () => {
  await using world = await startWorld();
  const { device, actionId } = await scene(world);
  const order = device.desired[0]!;
  const spare = device.nonce;
  await device.exchange({ nonce: 'x', repeat: false });
  const proof = device.report('outcome', order, {
    observed: 'restricted',
    proven: true,
    evidence: {
      driver: 'simulated',
      driverVersion: null,
      took: {},
      notes: [],
      checks: [{ name: 'a', expected: 'b', observed: 'b', passed: true }],
    },
  });
  await Promise.all([
    device.exchange({ reports: [proof], nonce: spare }),
    device.exchange({ reports: [proof], nonce: device.nonce }),
  ]);
  const statuses = (await world.history(actionId)).map(({ status }) => status);
  assert.deepEqual(statuses.slice(0, 3), ['Pending', 'InProgress', 'Succeeded']);
  assert.equal((await world.action(actionId)).status, 'Succeeded');
});
