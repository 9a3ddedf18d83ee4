/** A restriction that ends by itself, seen from the server's side. The device's side is in test/agent. */
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import type { WireActionState } from '../../src/contract/cordon.ts';
import { createPuppetDevice, deviceFacts, type PuppetDevice } from '../kit/device.ts';
import { succeeded } from '../kit/reply.ts';
import { actions, count, MINUTE, released, restricted, state, sweep } from '../kit/timed-release.ts';
import { startWorld, type World } from '../kit/world.ts';

describe('a restriction with a release time', () => {
  test('is released when the time has passed, by an action like any other, proven by the device', async () => {
    await using world = await startWorld();
    const { device, action } = await restricted(world);
    assert.equal(action.releaseAt, '2026-03-02T09:25:20Z');
    assert.equal(action.releaseStands, true);
    assert.deepEqual(
      [(await state(world, device)).releaseAt, (await state(world, device)).assurance],
      ['2026-03-02T09:25:20Z', 'proven'],
    );
    world.time.step(10 * MINUTE - 1);
    await sweep(world);
    assert.equal(await count(world), 1, 'not before its time');
    world.time.step(1);
    const release = await released(world, action.id);
    assert.deepEqual([release.type, release.status], ['UnrestrictCodeExecution', 'Pending']);
    assert.equal((await state(world, device)).releaseAt, null);
    const order = await device.obey();
    assert.deepEqual([order.mode, order.generation, order.actionId], ['unrestricted', 2, release.id]);
    assert.equal((await world.action(release.id)).status, 'Succeeded');
    assert.deepEqual(
      (await world.history(release.id)).map(({ status, cause, actor }) => [status, cause, actor.kind]),
      [
        ['Pending', 'release time reached', 'server'],
        ['InProgress', 'accepted by the device', 'device'],
        ['Succeeded', 'proven on the device', 'device'],
      ],
    );
    assert.match(
      (await world.history(action.id))[0]?.cause ?? '',
      /^requested, with a release at 2026-03-02T09:25/,
    );
    await sweep(world);
    assert.equal(await count(world), 2, 'once');
  });

  test('tells the device the seconds that are left, fresh with each answer', async () => {
    await using world = await startWorld();
    const { device, order } = await restricted(world);
    assert.deepEqual(order.release, { at: '2026-03-02T09:25:20Z', inSeconds: 600 });
    world.time.step(90_001);
    await device.exchange();
    assert.equal(device.desired[0]?.release?.inSeconds, 510, 'rounded up');
    const other = await world.device('ws-002.cordon.test');
    await world.restrict(other.machineId);
    assert.equal('release' in (await other.next()), false);
  });

  test('that no device has taken up when its time comes ends unrestricted, and is never begun', async () => {
    await using world = await startWorld();
    const device = await world.device();
    const action = await world.restrictFor(device.machineId, 'PT10M');
    const order = await device.next();
    world.time.step(10 * MINUTE);
    await world.until(async () => (await world.action(action.id)).status === 'TimeOut');
    assert.equal((await world.history(action.id)).at(-1)?.cause, 'its release time came while Pending');
    await device.accept(order);
    assert.deepEqual(
      device.desired.map(({ mode, generation }) => [mode, generation]),
      [['unmanaged', 2]],
      'an announcement that comes too late is answered with what is wanted now',
    );
    await sweep(world);
    assert.equal(await count(world), 1, 'nothing was restricted, so nothing is released');
  });

  test('that is not proven when its time comes ends as TimeOut and is released', async () => {
    await using world = await startWorld();
    const device = await world.device();
    const action = await world.restrictFor(device.machineId, 'PT10M');
    await device.accept(await device.next());
    world.time.step(10 * MINUTE);
    const release = await released(world, action.id);
    assert.equal((await world.action(action.id)).status, 'TimeOut');
    assert.equal((await world.history(action.id)).at(-1)?.cause, 'its release time came while InProgress');
    await device.obey();
    assert.equal((await world.action(release.id)).status, 'Succeeded');
  });

  for (const [what, end] of [
    [
      'failed and may be half in force',
      (device: PuppetDevice) => device.fail(device.desired[0]!, { undone: false }),
    ],
    ['timed out under way', null],
  ] as const) {
    test(`that ${what} keeps its time, and is released`, async () => {
      await using world = await startWorld({
        timeouts: () => ({ pending: 5 * MINUTE, progress: 2 * MINUTE }),
      });
      const device = await world.device();
      const action = await world.restrictFor(device.machineId, 'PT10M');
      await device.accept(await device.next());
      await end?.(device);
      world.time.step(3 * MINUTE);
      await world.until(async () => ['Failed', 'TimeOut'].includes((await world.action(action.id)).status));
      assert.equal((await state(world, device)).releaseAt, action.releaseAt);
      await sweep(world);
      assert.equal(await count(world), 1);
      world.time.step(7 * MINUTE);
      await released(world, action.id);
    });
  }

  test('that failed and was undone leaves nothing to release', async () => {
    await using world = await startWorld();
    const device = await world.device();
    await world.restrictFor(device.machineId, 'PT10M');
    const order = await device.next();
    await device.accept(order);
    await device.fail(order);
    world.time.step(10 * MINUTE);
    await sweep(world);
    assert.equal(await count(world), 1);
    assert.equal((await state(world, device)).mode, 'unmanaged');
  });

  test('of a device whose key is replaced keeps its time', async () => {
    await using world = await startWorld();
    const device = await world.device();
    const action = await world.restrictFor(device.machineId, 'PT10M');
    await device.accept(await device.next());
    const successor = createPuppetDevice({ serverUrl: world.url });
    const signature = device.signReplacement(successor.key.publicKey);
    await successor.enrol({
      token: 'none',
      facts: deviceFacts('ws-001.cordon.test'),
      replaces: { machineId: device.machineId, signature },
    });
    assert.equal((await world.action(action.id)).status, 'Failed');
    await successor.exchange({ known: [] });
    assert.equal(successor.desired[0]?.release?.inSeconds, 600);
    world.time.step(10 * MINUTE);
    const release = await released(world, action.id);
    await successor.obey();
    assert.equal((await world.action(release.id)).status, 'Succeeded');
  });

  test('of a device ahead of a restored store is told with its time in the new epoch', async () => {
    await using world = await startWorld();
    const { device, action } = await restricted(world);
    const before = device.epoch;
    await device.exchange({ known: [{ control: 'codeExecution', generation: 9 }] });
    assert.notEqual(device.epoch, before);
    assert.equal(device.desired[0]?.release?.inSeconds, 600);
    world.time.step(10 * MINUTE);
    await released(world, action.id);
  });

  test('is released by a server that starts after the time has passed', async () => {
    await using world = await startWorld();
    const { device, action } = await restricted(world);
    await world.server.close();
    world.time.step(10 * MINUTE);
    const server = await world.another();
    const release = await world.until(
      async () => (await actions(world)).find(({ releaseOf }) => releaseOf !== null) ?? null,
    );
    assert.deepEqual([release.releaseOf, release.machineId], [action.id, device.machineId]);
    await server.close();
    assert.equal((await actions(world)).length, 2);
  });
});

describe('another action', () => {
  test('voids the time: what is asked last holds', async () => {
    await using world = await startWorld();
    const { device, action } = await restricted(world);
    await world.restrict(device.machineId);
    await device.obey();
    assert.equal((await state(world, device)).releaseAt, null);
    const read = succeeded<WireActionState>(await world.get(`/cordon/v1/machineactions/${action.id}`));
    assert.deepEqual([read.releaseAt, read.releaseStands], [action.releaseAt, false]);
    world.time.step(11 * MINUTE);
    await sweep(world);
    assert.equal(await count(world), 2);
    assert.equal((await state(world, device)).mode, 'restricted');
  });

  test('with a time of its own replaces it, later or sooner', async () => {
    await using world = await startWorld();
    const { device, action } = await restricted(world);
    const longer = await world.restrictFor(device.machineId, 'PT30M');
    await device.obey();
    world.time.step(29 * MINUTE);
    await sweep(world);
    assert.equal(await count(world), 2);
    world.time.step(MINUTE);
    await released(world, longer.id);
    assert.notEqual(longer.id, action.id);
  });

  test('that a person cancels before the time brings it back', async () => {
    await using world = await startWorld();
    const { device, action } = await restricted(world);
    const hasty = await world.unrestrict(device.machineId);
    assert.equal((await state(world, device)).releaseAt, null);
    succeeded(await world.cancel(hasty.id));
    assert.equal((await state(world, device)).releaseAt, action.releaseAt);
    world.time.step(10 * MINUTE);
    await released(world, action.id);
  });

  test('that a person cancels after the time leaves the machine restricted, until a person releases it', async () => {
    await using world = await startWorld();
    const { device } = await restricted(world);
    const release = await world.unrestrict(device.machineId);
    world.time.step(11 * MINUTE);
    succeeded(await world.cancel(release.id));
    await sweep(world);
    const { mode, releaseAt } = await state(world, device);
    assert.deepEqual([mode, releaseAt, await count(world)], ['restricted', null, 2]);
  });
});

describe('a timed release', () => {
  const due = async (world: World) => {
    const scene = await restricted(world);
    world.time.step(10 * MINUTE);
    return { ...scene, release: await released(world, scene.action.id) };
  };

  test('that a person cancels leaves the machine restricted for good', async () => {
    await using world = await startWorld();
    const { device, release } = await due(world);
    succeeded(await world.cancel(release.id));
    const order = await device.obey();
    assert.deepEqual([order.mode, order.generation, 'release' in order], ['restricted', 3, false]);
    world.time.step(10 * MINUTE);
    await sweep(world);
    assert.equal(await count(world), 2);
  });

  test('that fails on the device stays wanted, and is proven when the device can', async () => {
    await using world = await startWorld();
    const { device, release } = await due(world);
    const order = await device.next();
    await device.accept(order);
    await device.fail(order, { observed: 'restricted', undone: false });
    assert.equal((await world.action(release.id)).status, 'Failed');
    assert.deepEqual((await state(world, device)).assurance, 'unproven');
    await sweep(world);
    assert.equal(await count(world), 2, 'it is not asked again and again');
    await device.exchange();
    assert.equal(device.desired[0]?.mode, 'unrestricted');
    await device.prove(device.desired[0]!);
    const { mode, assurance } = await state(world, device);
    assert.deepEqual([mode, assurance], ['unrestricted', 'proven']);
    assert.equal((await world.action(release.id)).status, 'Failed', 'a final status stays');
  });

  test('that no device takes up ends as TimeOut, and a device that comes back is not restricted again', async () => {
    await using world = await startWorld({
      timeouts: () => ({ pending: 20 * MINUTE, progress: 20 * MINUTE }),
    });
    const { device, release, order } = await due(world);
    world.time.step(20 * MINUTE);
    await world.until(async () => (await world.action(release.id)).status === 'TimeOut');
    await device.releaseByItself(order);
    assert.equal(device.desired[0]?.mode, 'unrestricted');
    assert.equal((await state(world, device)).assurance, 'proven');
    assert.equal((await world.action(release.id)).status, 'TimeOut');
  });
});
