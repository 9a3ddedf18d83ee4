import assert from 'node:assert/strict';
import test from 'node:test';
import type { WireRequestedAction } from '../../src/contract/cordon.ts';
import { refused, succeeded } from '../kit/reply.ts';
import { startWorld, type World } from '../kit/world.ts';

const NOBODY = 'f'.repeat(40);

interface Asked {
  readonly key?: string;
  readonly token?: string;
}

const ask = (world: World, body: object, { key, token }: Asked = {}) =>
  world.call('POST', '/cordon/v1/machines/actions', {
    body: { Type: 'RestrictCodeExecution', Comment: 'phishing wave', ...body },
    ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
    ...(token === undefined ? {} : { token }),
  });
const results = async (reply: ReturnType<typeof ask>) =>
  succeeded<{ value: WireRequestedAction[] }>(await reply).value;
const stored = async (world: World) =>
  succeeded<{ value: unknown[] }>(await world.get('/api/machineactions')).value.length;

test('each machine has its own result, in the order in which they were named', async () => {
  await using world = await startWorld();
  const [one, two] = [await world.device('one.cordon.test'), await world.device('two.cordon.test')];
  await world.restrict(two.machineId);
  const machines = ['one.cordon.test', NOBODY, two.machineId];
  const [first, second, third, ...more] = await results(ask(world, { Machines: machines }));
  assert.deepEqual(more, []);
  assert.deepEqual([first?.machine, second?.machine, third?.machine], machines);
  assert.deepEqual([first?.status, second?.status, third?.status], [201, 404, 400]);
  assert.equal(first?.error, null);
  const { action } = first ?? {};
  assert.deepEqual([action?.machineId, action?.status], [one.machineId, 'Pending']);
  assert.equal((await world.action(action?.id ?? '')).requestorComment, 'phishing wave');
  assert.deepEqual(
    [second?.action, second?.error],
    [null, { code: 'ResourceNotFound', message: `Machine ${NOBODY} was not found` }],
  );
  assert.deepEqual(
    [third?.action, third?.error],
    [null, { code: 'ActiveRequestAlreadyExists', message: 'Action is already in progress' }],
  );
  await one.obey();
  assert.equal((await world.action(action?.id ?? '')).status, 'Succeeded');
});

test('a machine that is named by two of its names is asked once', async () => {
  await using world = await startWorld();
  const device = await world.device('one.cordon.test');
  const both = await results(ask(world, { Machines: [device.machineId, 'one.cordon.test'] }));
  assert.deepEqual(both.map(({ status }) => status).sort(), [201, 400]);
  assert.equal(await stored(world), 1);
});

test('a call that is refused as a whole asks nothing of any machine', async () => {
  await using world = await startWorld();
  const device = await world.device('one.cordon.test');
  const Machines = [device.machineId];
  const many = Array.from({ length: 501 }, (_, index) => `host-${index}`);
  for (const [body, code, text] of [
    [{ Machines: many }, 'MaximumBatchSizeExceeded', /501 machines are named, at most 500 /],
    [{ Machines: [...Machines, 'x', 'X'] }, 'InvalidInput', /Machines\. X is named twice/],
    [{ Machines: [] }, 'InvalidInput', /Machines/],
    [{ Machines: 'one.cordon.test' }, 'InvalidRequestBody', /Machines must be of type array/],
    [{}, 'MissingRequiredParameter', /Machines/],
    [{ Machines, Comment: ' ' }, 'MissingRequiredParameter', /Comment/],
    [{ Machines, Type: 'Isolate' }, 'InvalidInput', /Type\. One of these .*UnrestrictCodeExecution/],
    [{ Machines, ReleaseAfter: 'P1Y' }, 'InvalidInput', /ReleaseAfter/],
    [
      { Machines, Type: 'UnrestrictCodeExecution', ReleaseAfter: 'PT1H' },
      'InvalidInput',
      /ReleaseAfter\. UnrestrictCodeExecution does not restrict/,
    ],
    [{ Machines, Surplus: 1 }, 'InvalidRequestBody', /Surplus/],
  ] as const) {
    refused(await ask(world, body), code, text);
  }
  refused(await ask(world, { Machines }, { key: 'a b' }), 'InvalidInput', /Idempotency-Key/);
  assert.equal(await stored(world), 0);
});

test('the same call with the same key gives the same actions, and a machine that was refused another try', async () => {
  await using world = await startWorld();
  const [one, two] = [await world.device('one.cordon.test'), await world.device('two.cordon.test')];
  const busy = await world.restrict(two.machineId);
  const body = { Machines: [one.machineId, two.machineId], ReleaseAfter: 'PT4H' };
  const first = await results(ask(world, body, { key: 'wave-1' }));
  assert.deepEqual(
    first.map(({ status }) => status),
    [201, 400],
  );
  assert.equal(first[0]?.action?.releaseStands, true);
  await world.cancel(busy.id);
  const again = await results(ask(world, body, { key: 'wave-1' }));
  assert.deepEqual(again[0], first[0]);
  assert.equal(again[1]?.status, 201);
  const other = await results(ask(world, { ...body, Comment: 'another' }, { key: 'wave-1' }));
  assert.deepEqual(
    other.map(({ status, error }) => [status, error?.code]),
    [
      [422, 'InvalidInput'],
      [422, 'InvalidInput'],
    ],
  );
  assert.equal(await stored(world), 3);
});

test('five hundred machines are one call of the limit, and devices get their orders', async () => {
  await using world = await startWorld({ rateLimit: { perMinute: 2, perHour: 1500 } });
  const machines = Array.from({ length: 499 }, (_, index) => `host-${index}`);
  const device = await world.device('one.cordon.test');
  const asked = await results(ask(world, { Machines: [...machines, device.machineId] }));
  assert.deepEqual([asked.length, asked.at(-1)?.status], [500, 201]);
  assert.ok(asked.slice(0, 499).every(({ status }) => status === 404));
  await device.obey();
  assert.equal((await world.state(device.machineId)).control.observedMode, 'restricted');
  succeeded(await ask(world, { Machines: ['host-1'] }));
  refused(await ask(world, { Machines: ['host-1'] }), 'TooManyRequests');
});

test('needs what an action on one machine needs, and shows no machine outside of a person’s groups', async () => {
  await using world = await startWorld();
  const device = await world.device('one.cordon.test', { groupId: 1 });
  const Machines = [device.machineId];
  const reader = await world.application(['Machine.Read.All']);
  refused(await ask(world, { Machines }, { token: reader }), 'Forbidden', /Machine\.RestrictExecution/);
  const viewer = await world.user('viewer@cordon.test', {
    permissions: ['Machine.RestrictExecution'],
    role: ['View data'],
  });
  refused(await ask(world, { Machines }, { token: viewer }), 'Forbidden', /Active remediation actions/);
  assert.equal(await stored(world), 0);
});

test('a fault of the server is the result of each machine that it met, and its inside is in the log only', async () => {
  await using world = await startWorld({ expectsFaults: true });
  const device = await world.device('one.cordon.test');
  world.faults.fail('requestAction', new Error('the disk is on fire'));
  const [one, nobody] = await results(ask(world, { Machines: [device.machineId, NOBODY] }));
  assert.deepEqual([one?.status, one?.error?.code, nobody?.status], [500, 'InternalServerError', 404]);
  assert.doesNotMatch(JSON.stringify(one), /fire/);
  assert.match(JSON.stringify(world.logged), /the disk is on fire/);
  world.faults.heal();
  assert.equal((await results(ask(world, { Machines: [device.machineId] })))[0]?.status, 201);
});
