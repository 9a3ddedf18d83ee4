/** Many at once: the store decides, not the look before the write. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { WireMachineAction } from '../../src/contract/machine-action.ts';
import { refused } from '../kit/reply.ts';
import { startWorld, type World } from '../kit/world.ts';

const AT_ONCE = 40;

const ask = (world: World, machine: string, number: number, headers: Record<string, string> = {}) => {
  const operation = number % 2 === 0 ? 'restrictCodeExecution' : 'unrestrictCodeExecution';
  return world.call('POST', `/api/machines/${machine}/${operation}`, {
    body: { Comment: `call ${number}` },
    headers,
  });
};

test('of many requests at once on one machine exactly one is 201, and it alone is written', async () => {
  await using world = await startWorld();
  const device = await world.device();
  for (let round = 1; round <= 5; round += 1) {
    const replies = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, number) => ask(world, device.machineId, number)),
    );
    const created = replies.filter(({ status }) => status === 201);
    assert.equal(created.length, 1);
    for (const reply of replies)
      if (reply !== created[0]) refused(reply, 'ActiveRequestAlreadyExists', 'Action is already in progress');
    const action = created[0]!.json<WireMachineAction>();
    const { control } = await world.state(device.machineId);
    assert.deepEqual([control.actionId, control.generation], [action.id, round]);
    assert.equal((await world.history(action.id)).length, 1);
    await device.obey();
    assert.equal((await world.action(action.id)).status, 'Succeeded');
  }
  const list = await world.get('/api/machineactions');
  assert.equal(list.json<{ value: unknown[] }>().value.length, 5);
});

test('machines do not stand in each other’s way', async () => {
  await using world = await startWorld();
  const devices = await Promise.all(
    Array.from({ length: 20 }, (_, number) => world.device(`ws-${number}.cordon.test`)),
  );
  const replies = await Promise.all(devices.map(({ machineId }, number) => ask(world, machineId, number)));
  assert.deepEqual(
    replies.map(({ status }) => status),
    devices.map(() => 201),
  );
  await Promise.all(devices.map((device) => device.obey()));
  const { value } = (await world.get("/api/machineactions?$filter=status eq 'Succeeded'")).json<{
    value: unknown[];
  }>();
  assert.equal(value.length, 20);
});

test('one idempotency key sent many times at once makes one action, and all are told it', async () => {
  await using world = await startWorld();
  const device = await world.device();
  const replies = await Promise.all(
    Array.from({ length: AT_ONCE }, () => ask(world, device.machineId, 0, { 'idempotency-key': 'same' })),
  );
  assert.deepEqual([...new Set(replies.map(({ status }) => status))], [201]);
  assert.equal(new Set(replies.map((reply) => reply.json<WireMachineAction>().id)).size, 1);
  assert.equal((await world.state(device.machineId)).control.generation, 1);
});

test('of many cancellations at once one is 200, and one event is written', async () => {
  await using world = await startWorld();
  const device = await world.device();
  const action = await world.restrict(device.machineId);
  const replies = await Promise.all(Array.from({ length: AT_ONCE }, () => world.cancel(action.id)));
  assert.equal(replies.filter(({ status }) => status === 200).length, 1);
  for (const reply of replies) if (reply.status !== 200) refused(reply, 'BadRequest', /already Cancelled/);
  assert.equal((await world.history(action.id)).length, 2);
  assert.equal((await world.state(device.machineId)).control.generation, 2);
});
