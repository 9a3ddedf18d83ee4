/** Devices that have released by themselves, and clocks that are set, seen from the server's side. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import test, { describe } from 'node:test';
import { actions, count, MINUTE, newest, released, restricted, state, sweep } from '../kit/timed-release.ts';
import { startWorld } from '../kit/world.ts';

describe('a device that has released by itself', () => {
  test('proves the release that the server has appended meanwhile', async () => {
    await using world = await startWorld();
    const { device, action, order } = await restricted(world);
    world.time.step(10 * MINUTE);
    const release = await released(world, action.id);
    await device.releaseByItself(order);
    assert.equal((await world.action(release.id)).status, 'Succeeded');
    const last = (await world.history(release.id)).at(-1);
    assert.deepEqual(
      [last?.status, last?.actor.kind, last?.evidence?.notes],
      ['Succeeded', 'device', ['puppet device']],
    );
    assert.deepEqual(
      [(await state(world, device)).assurance, device.desired[0]?.generation, device.desired[0]?.mode],
      ['proven', 2, 'unrestricted'],
    );
  });

  test('has the release appended by its report where no sweep has come yet', async () => {
    await using world = await startWorld();
    const { device, action, order } = await restricted(world);
    const held = world.faults.hold('dueReleases');
    const { release: resume } = await held;
    world.time.step(10 * MINUTE);
    await device.releaseByItself(order);
    const release = await newest(world);
    assert.deepEqual([release.requestor, release.status], [`timed release of ${action.id}`, 'Succeeded']);
    resume();
    await sweep(world);
    assert.equal(await count(world), 2, 'once');
  });

  test('before the restriction was proven ends that as TimeOut', async () => {
    await using world = await startWorld();
    const device = await world.device();
    const action = await world.restrictFor(device.machineId, 'PT10M');
    const order = await device.next();
    await device.accept(order);
    const held = world.faults.hold('overdueActions');
    const { release: resume } = await held;
    world.time.step(10 * MINUTE);
    await device.releaseByItself(order);
    assert.equal((await world.action(action.id)).status, 'TimeOut');
    assert.equal((await newest(world)).status, 'Succeeded');
    resume();
  });

  test('before the server’s time is drift: the restriction stays wanted, and the release too', async () => {
    await using world = await startWorld();
    const { device, action, order } = await restricted(world);
    world.time.step(9 * MINUTE);
    await device.releaseByItself(order);
    const { mode, assurance, generation } = await state(world, device);
    assert.deepEqual([mode, assurance, generation], ['restricted', 'drifted', 1]);
    assert.equal(device.desired[0]?.release?.inSeconds, 60);
    assert.equal((await world.history(action.id)).at(-1)?.cause, 'released by the device before its time');
    assert.equal(await count(world), 1);
    world.time.step(MINUTE);
    await released(world, action.id);
  });

  test('without a proof has the order of the server still to carry out', async () => {
    await using world = await startWorld();
    const { device, action, order } = await restricted(world);
    world.time.step(10 * MINUTE);
    await device.releaseByItself(order, { proven: false, observed: 'restricted', reason: 'puppet failed' });
    const release = await newest(world);
    assert.deepEqual([release.requestor, release.status], [`timed release of ${action.id}`, 'Pending']);
    assert.equal((await world.history(action.id)).at(-1)?.cause, 'late report');
    await device.accept(device.desired[0]!);
    await device.prove(device.desired[0]!);
    assert.equal((await world.action(release.id)).status, 'Succeeded');
  });

  test('though a newer action of a person had voided that time is told what is wanted', async () => {
    await using world = await startWorld();
    const { device, action, order } = await restricted(world);
    const newer = await world.restrict(device.machineId);
    world.time.step(10 * MINUTE);
    await device.releaseByItself(order);
    assert.deepEqual([device.desired[0]?.mode, device.desired[0]?.generation], ['restricted', 2]);
    assert.equal((await world.action(newer.id)).status, 'Pending');
    assert.equal((await world.history(action.id)).at(-1)?.cause, 'late report');
  });

  test('whose report is repeated or invented changes nothing of another restriction', async () => {
    await using world = await startWorld();
    const { device, order } = await restricted(world);
    const other = await world.device('ws-002.cordon.test');
    const theirs = await world.restrictFor(other.machineId, 'PT10M');
    await other.obey();
    world.time.step(9 * MINUTE);
    for (const actionId of [theirs.id, randomUUID(), randomBytes(300).toString('hex').slice(0, 128), null]) {
      await device.releaseByItself({ ...order, actionId });
    }
    assert.equal((await world.state(other.machineId)).control.assurance, 'proven');
    assert.equal(await count(world), 2);
  });
});

describe('the clock of the server', () => {
  test('set forward delays a release by as much, and hastens none', async () => {
    await using world = await startWorld();
    const { device } = await restricted(world);
    world.time.jump(20 * MINUTE);
    await world.until(async () => world.logged.some(({ msg }) => /wall clock jumped/.test(String(msg))));
    world.time.step(5000);
    await sweep(world);
    await device.exchange();
    assert.equal(device.desired[0]?.release?.inSeconds, 595, 'what has passed, and no more');
    assert.equal((await actions(world)).length, 1);
    world.time.step(10 * MINUTE - 5001);
    await sweep(world);
    assert.equal((await actions(world)).length, 1);
    world.time.step(1);
    await world.until(async () => (await actions(world)).length === 2);
  });

  test('set back delays a release', async () => {
    await using world = await startWorld();
    const { device } = await restricted(world);
    world.time.jump(-20 * MINUTE);
    await world.until(async () => world.logged.some(({ msg }) => /wall clock jumped/.test(String(msg))));
    world.time.step(10 * MINUTE);
    await sweep(world);
    await device.exchange();
    assert.equal(device.desired[0]?.release?.inSeconds, 1200);
    assert.equal((await actions(world)).length, 1);
  });

  test('set forward before a restriction is asked for does not touch it', async () => {
    await using world = await startWorld();
    world.time.jump(20 * MINUTE);
    await world.until(async () => world.logged.some(({ msg }) => /wall clock jumped/.test(String(msg))));
    world.time.step(5000);
    const { action } = await restricted(world);
    world.time.step(10 * MINUTE);
    await released(world, action.id);
  });
});
