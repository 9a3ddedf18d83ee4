/** Rotation of the key that devices pin, seen from the server's side. */
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { createPuppetDevice } from '../kit/device.ts';
import { operator } from '../kit/server-keys.ts';
import { startWorld } from '../kit/world.ts';

const DAY = 86_400_000;

describe('after a rotation', () => {
  test('each device is told the new key under the one that it has pinned, and moves once', async () => {
    await using world = await startWorld();
    const { rotate, list } = await operator(world);
    const device = await world.device();
    const old = device.serverKey;
    assert.equal((await device.exchange()).answer?.nextServerKey, undefined);
    const made = await rotate();
    assert.notEqual(made.publicKey, old);
    // The puppet opens every answer with the key that it has pinned at that moment.
    assert.equal((await device.exchange()).answer?.nextServerKey, made.publicKey);
    assert.equal((await device.exchange()).answer?.nextServerKey, undefined);
    assert.equal(device.serverKey, made.publicKey);
    assert.deepEqual(
      (await list()).map(({ publicKey, newest, machines }) => [publicKey, newest, machines]),
      [
        [made.publicKey, true, 1],
        [old, false, 0],
      ],
    );
  });

  test('a device that lost the answer is told again, and orders reach it meanwhile', async () => {
    await using world = await startWorld();
    const { rotate } = await operator(world);
    const device = await world.device();
    const made = await rotate();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const { answer } = await device.exchange({ losesAnswer: true });
      assert.equal(answer?.nextServerKey, made.publicKey);
    }
    await world.restrict(device.machineId);
    await device.obey();
    assert.equal(device.serverKey, made.publicKey);
  });

  test('a device that crashed after it wrote the new key is answered with that, its nonce gone', async () => {
    await using world = await startWorld();
    const { rotate, list } = await operator(world);
    const device = await world.device();
    const made = await rotate();
    await device.exchange();
    const { nonceAnswer } = await device.exchange({ nonce: '' });
    assert.equal(nonceAnswer?.machineId, device.machineId, 'and could open the demand for a nonce');
    assert.equal(
      (await list())[0]?.machines,
      0,
      'a message without a fresh nonce says nothing of the device',
    );
    assert.equal((await device.exchange()).answer?.nextServerKey, undefined);
    assert.equal((await list())[0]?.publicKey, made.publicKey);
    assert.equal((await list())[0]?.machines, 1);
  });

  test('and another at once, a device moves from the first key straight to the last', async () => {
    await using world = await startWorld();
    const { rotate, list } = await operator(world);
    const [early, away] = [await world.device('early.cordon.test'), await world.device('away.cordon.test')];
    const second = await rotate();
    await early.exchange();
    assert.equal(early.serverKey, second.publicKey);
    const third = await rotate();
    assert.notEqual(third.publicKey, second.publicKey);
    for (const device of [early, away]) {
      await device.exchange();
      assert.equal(device.serverKey, third.publicKey);
      assert.equal((await device.exchange()).answer?.nextServerKey, undefined);
    }
    assert.deepEqual(
      (await list()).map(({ machines }) => machines),
      [2, 0, 0],
    );
  });

  test('a device that was away for months moves, however many rotations it missed', async () => {
    await using world = await startWorld();
    const { rotate, list } = await operator(world);
    const [here, away] = [await world.device('here.cordon.test'), await world.device('away.cordon.test')];
    for (let month = 0; month < 4; month += 1) {
      await rotate();
      await here.exchange();
      await here.exchange();
      world.time.step(31 * DAY);
    }
    assert.equal((await away.exchange()).answer?.nextServerKey, here.serverKey);
    await away.exchange();
    assert.equal((await list())[0]?.machines, 2);
  });

  test('a machine that is enrolled pins the new key, and one that was being enrolled moves to it', async () => {
    await using world = await startWorld();
    const { rotate } = await operator(world);
    const held = world.faults.hold('enrol');
    const enrolling = world.device('between.cordon.test');
    const { release } = await held;
    const made = await rotate();
    release();
    const between = await enrolling;
    assert.notEqual(between.serverKey, made.publicKey);
    assert.equal((await between.exchange()).answer?.nextServerKey, made.publicKey);
    assert.notEqual((await between.exchange()).answer, null);
    const later = await world.device('later.cordon.test');
    assert.equal(later.serverKey, made.publicKey);
    assert.equal((await later.exchange()).answer?.nextServerKey, undefined);
  });

  test('an enrolment that is repeated because its answer was lost is answered with the key of the first', async () => {
    await using world = await startWorld();
    const { rotate } = await operator(world);
    const token = await world.enrolmentToken();
    const device = createPuppetDevice({ serverUrl: world.url });
    const first = await device.enrol({ token });
    const made = await rotate();
    const again = await device.enrol({ token });
    assert.equal(again.serverKey, first.serverKey);
    await device.exchange();
    assert.equal(device.serverKey, made.publicKey);
  });

  test('an agent of before, which says nothing of its key, goes on under the key it enrolled with', async () => {
    await using world = await startWorld();
    const { rotate } = await operator(world);
    const device = await world.device();
    await rotate();
    await world.restrict(device.machineId);
    const { answer } = await device.exchange({ serverKey: null });
    assert.equal(answer?.nextServerKey, undefined);
    assert.equal(answer?.desired[0]?.mode, 'restricted');
    assert.notEqual((await device.exchange({ serverKey: null })).answer, null);
    assert.notEqual((await device.exchange()).answer?.nextServerKey, undefined, 'until it is updated');
    await device.exchange();
    assert.notEqual((await device.exchange({ serverKey: null })).answer, null, 'and if it is put back again');
  });

  test('a device that was put back to a state from before is answered as it is', async () => {
    await using world = await startWorld();
    const { rotate, list } = await operator(world);
    const device = await world.device();
    const snapshot = { ...device.key };
    const old = device.serverKey;
    await rotate();
    await device.exchange();
    await device.exchange();
    const { machineId, tenantId } = device;
    const enrolled = { machineId, tenantId, serverKey: old };
    const restored = createPuppetDevice({ serverUrl: world.url, key: snapshot, enrolled });
    const { answer } = await restored.exchange();
    assert.equal(answer?.nextServerKey, device.serverKey);
    assert.equal((await list())[1]?.machines, 1, 'and keeps the old key in service until it has moved again');
  });
});
