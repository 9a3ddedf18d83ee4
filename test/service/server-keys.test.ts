/** What becomes of keys that devices pin: retired, revoked, succeeded by age; and who may do it. */
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import type { WireServerKey } from '../../src/contract/cordon.ts';
import { createPuppetDevice, deviceFacts } from '../kit/device.ts';
import { succeeded } from '../kit/reply.ts';
import { operator, otherProcess, SERVER_KEYS as PATH } from '../kit/server-keys.ts';
import { OTHER_TENANT, startWorld } from '../kit/world.ts';

const DAY = 86_400_000;

describe('a key that is not the newest', () => {
  test('is retired a month after its successor came, and only when no device has it pinned', async () => {
    await using world = await startWorld();
    const { rotate, list } = await operator(world);
    const keepUp = await otherProcess(world);
    const device = await world.device();
    await rotate();
    world.time.step(400 * DAY);
    await keepUp();
    assert.equal((await list())[1]?.retiredAt, null, 'a device has it pinned');
    await device.exchange();
    await device.exchange();
    await keepUp();
    assert.notEqual((await list())[1]?.retiredAt, null);
    assert.notEqual((await device.exchange()).answer, null);
    await rotate();
    await device.exchange();
    await device.exchange();
    world.time.step(30 * DAY - 1000);
    await keepUp();
    assert.equal((await list())[1]?.retiredAt, null, 'a device may be put back to a state from before');
    world.time.step(2000);
    await keepUp();
    assert.notEqual((await list())[1]?.retiredAt, null);
  });

  test('can be revoked: devices that have it pinned are refused and told so, the others not', async () => {
    await using world = await startWorld();
    const { rotate, list, machines, revoke } = await operator(world);
    const [moved, behind] = [
      await world.device('moved.cordon.test'),
      await world.device('behind.cordon.test'),
    ];
    await rotate();
    await moved.exchange();
    await moved.exchange();
    const old = (await list())[1];
    assert.ok(old);
    assert.deepEqual(
      (await machines(old.id)).map(({ computerDnsName }) => computerDnsName),
      ['behind.cordon.test'],
    );
    assert.equal((await revoke(old.id)).status, 204);
    assert.equal((await revoke(old.id)).status, 204);
    assert.notEqual((await moved.exchange()).answer, null);
    for (const options of [{}, { serverKey: null }, { nonce: '' }]) {
      const { status, error, headers } = await behind.exchange(options);
      assert.equal(status, 403);
      assert.equal(error?.code, 'DisallowedOperation');
      assert.match(error?.message ?? '', /revoked.*enrol the device again/);
      assert.equal(headers.get('retry-after'), '60');
    }
    const token = await world.enrolmentToken({ machineId: behind.machineId });
    const again = createPuppetDevice({ serverUrl: world.url });
    await again.enrol({ token, facts: deviceFacts('behind.cordon.test') });
    assert.equal(again.machineId, behind.machineId);
    assert.notEqual((await again.exchange()).answer, null);
  });

  test('and is revoked while an exchange is held signs nothing any more', async () => {
    await using world = await startWorld();
    const { rotate, list, revoke } = await operator(world);
    const device = await world.device();
    const waiting = device.exchange({ waitSeconds: 30, losesAnswer: true });
    await rotate();
    const old = (await list())[1];
    await revoke(old?.id ?? '');
    await world.restrict(device.machineId);
    const { status, answer } = await waiting;
    assert.equal(answer, null);
    assert.equal(status, 403);
  });

  test('is nothing that a device can make up, and what it says of another key changes nothing', async () => {
    await using world = await startWorld();
    const { list } = await operator(world);
    const device = await world.device();
    const made = 'A'.repeat(43);
    assert.equal((await device.exchange({ serverKey: made })).error?.code, 'DisallowedOperation');
    assert.equal((await device.exchange({ serverKey: 'short' as never, repeat: false })).status, 400);
    assert.equal((await list())[0]?.machines, 1);
    assert.notEqual((await device.exchange()).answer, null);
  });

  test('noted by a message that somebody repeats stays as it is', async () => {
    await using world = await startWorld();
    const { rotate, list } = await operator(world);
    const device = await world.device();
    const old = device.serverKey;
    await rotate();
    const { nonce } = device;
    await device.exchange();
    await device.exchange();
    const again = await device.exchange({ nonce, serverKey: old, repeat: false }).catch(() => null);
    assert.equal(again, null, 'it is a demand for a nonce under the old key, which the device does not open');
    assert.deepEqual(
      (await list()).map(({ machines }) => machines),
      [1, 0],
    );
  });
});

describe('the newest key', () => {
  test('cannot be revoked, an unknown one not at all', async () => {
    await using world = await startWorld();
    const { list, revoke } = await operator(world);
    const [key] = await list();
    const refused = await revoke(key?.id ?? '');
    assert.equal(refused.status, 403);
    assert.match(refused.text, /rotate first/);
    assert.equal((await revoke('11111111-2222-4333-8444-555555555555')).status, 404);
  });

  test('gets a successor by itself at the age that was set, and only one', async () => {
    await using world = await startWorld();
    const { list } = await operator(world);
    const keepUp = await otherProcess(world, 90 * DAY);
    const device = await world.device();
    world.time.step(90 * DAY - 1000);
    await keepUp();
    assert.equal((await list()).length, 1);
    world.time.step(1001);
    await keepUp();
    await keepUp();
    const keys = await list();
    assert.equal(keys.length, 2);
    assert.equal((await device.exchange()).answer?.nextServerKey, keys[0]?.publicKey);
    world.time.step(1000 * DAY);
    await keepUp();
    await keepUp();
    assert.equal((await list()).length, 3, 'years without the server are made up for by one');
  });
});

test('the keys are for administrators of the first tenant alone, and their secret halves for nobody', async () => {
  await using world = await startWorld();
  const foreign = await world.application(['Cordon.Manage.All'], { tenant: OTHER_TENANT });
  const enroller = await world.application(['Cordon.Enrol.All', 'Machine.ReadWrite.All']);
  const [key] = succeeded<{ value: WireServerKey[] }>(await world.get(PATH)).value;
  assert.deepEqual(Object.keys(key ?? {}).sort(), [
    'createdAt',
    'id',
    'machines',
    'newest',
    'publicKey',
    'retiredAt',
  ]);
  for (const [token, code] of [
    [foreign, 'DisallowedOperation'],
    [enroller, 'Forbidden'],
  ] as const) {
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
      ['GET', `/${key?.id}/machines`],
      ['DELETE', `/${key?.id}`],
    ] as const) {
      const reply = await world.call(method, `${PATH}${path}`, {
        token,
        ...(method === 'POST' ? { body: {} } : {}),
      });
      assert.equal(reply.status, 403);
      assert.match(reply.text, new RegExp(code));
    }
  }
  assert.equal((await world.call('POST', PATH, { body: { Comment: 'x' } })).status, 400);
  assert.equal((await world.call('POST', PATH)).status, 201, 'a rotation needs no body');
});
