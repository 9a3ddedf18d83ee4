import assert from 'node:assert/strict';
import test from 'node:test';
import type { WireMachineAction } from '../../src/contract/machine-action.ts';
import { refused, succeeded } from '../kit/reply.ts';
import { startWorld } from '../kit/world.ts';

type Entity = WireMachineAction & { '@odata.context': string };

test('cancel answers 200 with the same action, the three fields filled; it is final', async () => {
  await using world = await startWorld();
  const { machineId } = await world.device();
  const action = await world.restrict(machineId);
  world.time.step(5000);
  const other = await world.application(['Machine.Isolate', 'Machine.Read.All'], { name: 'night shift' });
  const reply = await world.call('POST', `/api/machineactions/${action.id.toUpperCase()}/cancel`, {
    token: other,
    body: { Comment: 'wrong host' },
  });
  const cancelled = succeeded<Entity>(reply);
  assert.deepEqual(Object.keys(cancelled), Object.keys(action));
  const at = cancelled.cancellationDateTimeUtc as string;
  assert.match(at, /^2026-03-02T09:15:25[.Z]/);
  const changed = {
    status: 'Cancelled',
    lastUpdateDateTimeUtc: at,
    cancellationRequestor: 'night shift',
    cancellationComment: 'wrong host',
    cancellationDateTimeUtc: at,
  };
  assert.deepEqual(cancelled, { ...action, ...changed });
  assert.deepEqual(await world.action(action.id), cancelled);
  const history = await world.history(action.id);
  assert.deepEqual(
    history.map(({ status, cause, actor }) => [status, cause, actor.name]),
    [
      ['Pending', 'requested', 'soar-connector'],
      ['Cancelled', 'cancelled', 'night shift'],
    ],
  );
  const list = succeeded<{ value: unknown[] }>(await world.get('/api/machineactions')).value;
  assert.equal(list.length, 1, 'a cancellation makes no action of its own');
});

test('a final action cannot be cancelled, and stays as it was', async () => {
  await using world = await startWorld();
  const device = await world.device();
  const cancelled = await world.restrict(device.machineId);
  await world.cancel(cancelled.id, 'first');
  await device.obey();
  const succeededAction = await world.restrict(device.machineId);
  await device.obey();
  const failed = await world.unrestrict(device.machineId);
  await device.fail(await device.next());
  for (const [id, status] of [
    [cancelled.id, 'Cancelled'],
    [succeededAction.id, 'Succeeded'],
    [failed.id, 'Failed'],
  ] as const) {
    const before = [await world.action(id), await world.history(id)];
    const reply = await world.cancel(id, 'second');
    refused(reply, 'BadRequest', `Action ${id} is already ${status} and can't be cancelled.`);
    assert.deepEqual([await world.action(id), await world.history(id)], before);
  }
});

test('an unknown action is 404, an id that is no GUID 400, on every address of actions', async () => {
  await using world = await startWorld();
  const unknown = '11111111-2222-4333-8444-555555555555';
  const body = { Comment: 'x' };
  const everywhere = (id: string) =>
    Promise.all([
      world.get(`/api/machineactions/${id}`),
      world.call('POST', `/api/machineactions/${id}/cancel`, { body }),
      world.get(`/cordon/v1/machineactions/${id}/history`),
    ]);
  for (const reply of await everywhere(unknown))
    refused(reply, 'ResourceNotFound', `Machine action ${unknown} was not found`);
  for (const id of ['1', 'x'.repeat(40), `${unknown}0`, `{${unknown}}`, unknown.replaceAll('-', ''), '%27']) {
    for (const reply of await everywhere(id)) refused(reply, 'BadRequest', /a GUID is expected/);
  }
});
