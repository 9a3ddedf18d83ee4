import assert from 'node:assert/strict';
import test from 'node:test';
import type { WireMachineAction } from '../../src/contract/machine-action.ts';
import { refused, succeeded } from '../kit/reply.ts';
import { startWorld, type World } from '../kit/world.ts';

const HOUR = 3_600_000;

interface Asked {
  readonly operation?: string;
  readonly body?: object;
  readonly token?: string;
  readonly base?: string;
}

const ask = (world: World, key: string, machine: string, asked: Asked = {}) => {
  const { operation = 'restrictCodeExecution', body = { Comment: 'x' }, base = '/api' } = asked;
  const headers = { 'idempotency-key': key };
  const token = asked.token === undefined ? {} : { token: asked.token };
  return world.call('POST', `${base}/machines/${machine}/${operation}`, { body, headers, ...token });
};
const created = async (reply: ReturnType<typeof ask>) =>
  succeeded<WireMachineAction & { '@odata.context': string }>(await reply, 201);

test('the same request with the same key is 201 with that action as it is now, and makes no other', async () => {
  await using world = await startWorld();
  const device = await world.device();
  const first = await created(ask(world, 'key-1', device.machineId));
  assert.deepEqual(await created(ask(world, 'key-1', device.machineId)), first);
  const named = await created(ask(world, 'key-1', 'WS-001.cordon.test', { base: '/api/v1.0' }));
  assert.equal(named.id, first.id, 'the machine is the same, however it is named');
  await device.obey();
  const proven = await created(ask(world, 'key-1', device.machineId));
  assert.equal(proven.status, 'Succeeded');
  assert.equal((await world.state(device.machineId)).control.generation, 1);
  const { value } = succeeded<{ value: unknown[] }>(await world.get('/api/machineactions'));
  assert.equal(value.length, 1);
  assert.equal((await world.history(first.id)).length, 3);
});

test('the same key with anything else is 422, and nothing is written', async () => {
  await using world = await startWorld();
  const [one, other] = [await world.device('ws-001.cordon.test'), await world.device('ws-002.cordon.test')];
  const action = await created(ask(world, 'key-1', one.machineId));
  await world.cancel(action.id);
  const differences: readonly [string, Asked][] = [
    [other.machineId, {}],
    [one.machineId, { operation: 'unrestrictCodeExecution' }],
    [one.machineId, { body: { Comment: 'y' } }],
    [one.machineId, { body: { Comment: 'x ' } }],
    [one.machineId, { body: { Comment: 'x', ExternalId: 'e' } }],
  ];
  for (const [machine, asked] of differences) {
    refused(await ask(world, 'key-1', machine, asked), 'IdempotencyMismatch', /Idempotency-Key/);
  }
  assert.deepEqual(await world.store.controls(other.tenantId, other.machineId), []);
  assert.equal((await created(ask(world, 'key-1', one.machineId))).id, action.id);
});

test('a refusal is not kept: the key is free for the next try', async () => {
  await using world = await startWorld();
  const device = await world.device();
  const busy = await world.restrict(device.machineId);
  refused(await ask(world, 'key-1', device.machineId), 'ActiveRequestAlreadyExists');
  refused(await ask(world, 'key-1', 'nobody'), 'ResourceNotFound');
  refused(await ask(world, 'key-1', device.machineId, { body: {} }), 'MissingRequiredParameter');
  await world.cancel(busy.id);
  const body = { Comment: 'another one' };
  const action = await created(ask(world, 'key-1', device.machineId, { body }));
  assert.notEqual(action.id, busy.id);
});

test('a key belongs to its caller', async () => {
  await using world = await startWorld();
  const device = await world.device();
  const action = await created(ask(world, 'key-1', device.machineId));
  const other = await world.application(['Machine.RestrictExecution']);
  refused(await ask(world, 'key-1', device.machineId, { token: other }), 'ActiveRequestAlreadyExists');
  await world.cancel(action.id);
  const theirs = await created(ask(world, 'key-1', device.machineId, { token: other }));
  assert.notEqual(theirs.id, action.id);
  await world.cancel(theirs.id);
});

test('a key serves for 24 hours and is free afterwards', async () => {
  await using world = await startWorld();
  const device = await world.device();
  const permissions = ['Machine.RestrictExecution', 'Machine.Read.All'];
  const client = await world.client(permissions);
  const body = { Comment: 'x' };
  const first = await created(ask(world, 'key-1', device.machineId, { body, token: await client.token() }));
  await device.obey();
  world.time.step(24 * HOUR - 1000);
  const again = await created(ask(world, 'key-1', device.machineId, { body, token: await client.token() }));
  assert.equal(again.id, first.id);
  world.time.step(1000);
  const next = await created(ask(world, 'key-1', device.machineId, { body, token: await client.token() }));
  assert.notEqual(next.id, first.id);
});

test('a key is 1 to 255 visible ASCII characters', async () => {
  await using world = await startWorld();
  const device = await world.device();
  for (const key of ['', ' ', 'a b', 'x'.repeat(256), 'a\tb', 'é']) {
    refused(
      await ask(world, key, device.machineId),
      'InvalidInput',
      /Idempotency-Key\. 1 to 255 visible ASCII/,
    );
  }
  assert.deepEqual(await world.store.controls(device.tenantId, device.machineId), []);
  for (const key of ['!', '~'.repeat(255), '{"json":1}']) {
    const body = { Comment: key };
    await world.cancel((await created(ask(world, key, device.machineId, { body }))).id);
  }
});
