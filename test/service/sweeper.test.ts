import assert from 'node:assert/strict';
import test from 'node:test';
import { createSteadyClock } from '../../src/service/steady-clock.ts';
import { createSteppedTime } from '../kit/clock.ts';
import { startWorld, TENANT } from '../kit/world.ts';

const MINUTE = 60_000;

test('an action times out exactly when its status has lasted as long as it may', async () => {
  await using world = await startWorld({ timeouts: () => ({ pending: 2 * MINUTE, progress: MINUTE }) });
  const [one, other] = [await world.device('one.cordon.test'), await world.device('two.cordon.test')];
  const pending = await world.restrict(one.machineId);
  const begun = await world.restrict(other.machineId);
  world.time.step(90_000);
  await other.accept(await other.next());
  world.time.step(30_000 - 1);
  await world.device('a-sweep-has-passed.cordon.test');
  assert.equal((await world.action(pending.id)).status, 'Pending');
  world.time.step(1);
  await world.until(async () => (await world.action(pending.id)).status === 'TimeOut');
  assert.equal((await world.action(begun.id)).status, 'InProgress', 'accepting began a new time');
  world.time.step(30_000);
  await world.until(async () => (await world.action(begun.id)).status === 'TimeOut');
  assert.deepEqual(
    (await world.history(begun.id)).map(({ status, cause, actor }) => [status, cause, actor.kind]),
    [
      ['Pending', 'requested', 'application'],
      ['InProgress', 'accepted by the device', 'device'],
      ['TimeOut', 'timed out while InProgress', 'server'],
    ],
  );
  const next = await world.restrict(one.machineId);
  assert.equal(next.status, 'Pending', 'the machine is free again');
});

test('each machine can have its own time', async () => {
  await using world = await startWorld({
    timeouts: ({ computerDnsName }) => {
      const own = computerDnsName === 'quick.cordon.test' ? 1000 : 3_600_000;
      return { pending: own, progress: own };
    },
  });
  const [quick, slow] = [await world.device('quick.cordon.test'), await world.device('slow.cordon.test')];
  const [first, second] = [await world.restrict(quick.machineId), await world.restrict(slow.machineId)];
  world.time.step(1000);
  await world.until(async () => (await world.action(first.id)).status === 'TimeOut');
  assert.equal((await world.action(second.id)).status, 'Pending');
});

test('a wall clock that is set forward times nothing out and issues no token until it has held', async () => {
  const timeouts = () => ({ pending: MINUTE, progress: MINUTE });
  await using world = await startWorld({ timeouts, expectsFaults: true });
  const device = await world.device();
  const action = await world.restrict(device.machineId);
  const client = await world.client(['Machine.Read.All']);
  world.time.jump(30 * MINUTE);
  await world.until(async () => world.logged.some(({ msg }) => /wall clock jumped/.test(String(msg))));
  assert.equal((await world.store.action(TENANT, action.id, null))?.status, 'Pending');
  await assert.rejects(client.token(), /AADSTS90033/);
  world.time.jump(-30 * MINUTE);
  await world.until(
    async () => world.logged.filter(({ msg }) => /wall clock jumped/.test(String(msg))).length > 1,
  );
  world.time.step(5000);
  assert.ok(await client.token());
  assert.equal((await world.action(action.id)).status, 'Pending');
  world.time.step(MINUTE);
  await world.until(async () => (await world.action(action.id)).status === 'TimeOut');
});

test('a clock is in doubt from a jump of a second, either way, and for five seconds after the last', () => {
  const time = createSteppedTime();
  const jumps: number[] = [];
  const clock = createSteadyClock(time.wall, time.monotonic, (jump) => jumps.push(jump));
  assert.equal(clock.steady(), true);
  time.step(3_600_000);
  assert.equal(clock.steady(), true, 'time that passes is no jump');
  time.jump(999);
  assert.equal(clock.steady(), true, 'what time services slew is none either');
  time.jump(-1000);
  assert.equal(clock.steady(), false);
  assert.throws(() => clock.milliseconds(), { code: 'ServiceUnavailable', retryAfter: 5 });
  time.step(4999);
  assert.equal(clock.steady(), false);
  time.jump(5000);
  time.step(1);
  assert.equal(clock.steady(), false, 'a second jump begins the doubt anew');
  time.step(4999);
  assert.equal(clock.steady(), false);
  time.step(1);
  assert.equal(clock.steady(), true);
  assert.equal(clock.milliseconds(), time.wall());
  assert.deepEqual(jumps, [-1000, 5000]);
});
