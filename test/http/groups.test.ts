import assert from 'node:assert/strict';
import test from 'node:test';
import type { WireMachineState } from '../../src/contract/cordon.ts';
import type { WireMachine } from '../../src/contract/machine.ts';
import type { WireMachineAction } from '../../src/contract/machine-action.ts';
import type { MachineGroup } from '../../src/domain/access-records.ts';
import { refused, succeeded } from '../kit/reply.ts';
import { startWorld, TENANT, type World } from '../kit/world.ts';

const ANA = 'ana@cordon.test';
const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id).sort();

async function list<T>(world: World, path: string, token: string): Promise<T[]> {
  return succeeded<{ value: T[] }>(await world.get(path, token)).value;
}

/** Three machines: in a group that Ana sees, in one that she does not, and in none. */
async function threeMachines(world: World) {
  const { groups } = world.server.services;
  const rule = (value: string) =>
    [{ property: 'name', operator: 'startsWith', values: [value] }] satisfies MachineGroup['rules'];
  const hers = await groups.create(TENANT, 'workstations', null, rule('ws-'));
  const foreign = await groups.create(TENANT, 'servers', null, rule('srv-'));
  await groups.assign(TENANT, 'workstations', ANA);
  await groups.assign(TENANT, 'servers', 'bob@cordon.test');
  return {
    hers,
    foreign,
    seen: await world.device('ws-001.cordon.test'),
    unseen: await world.device('srv-001.cordon.test'),
    ungrouped: await world.device('other.cordon.test'),
  };
}

test('a user sees the machines of the own groups and of none; the rest does not exist', async () => {
  await using world = await startWorld();
  const { seen, unseen, ungrouped, hers, foreign } = await threeMachines(world);
  const ana = await world.user(ANA, { role: ['View data', 'Active remediation actions'] });
  const visible = ids([{ id: seen.machineId }, { id: ungrouped.machineId }]);

  const machines = await list<WireMachine>(world, '/api/machines', ana);
  assert.deepEqual(ids(machines), visible);
  const mine = machines.find(({ id }) => id === seen.machineId);
  assert.deepEqual([mine?.rbacGroupId, mine?.rbacGroupName], [hers.id, 'workstations']);
  const free = machines.find(({ id }) => id === ungrouped.machineId);
  assert.deepEqual([free?.rbacGroupId, free?.rbacGroupName], [0, null]);
  const counted = succeeded<{ '@odata.count': number }>(await world.get('/api/machines?$count=true', ana));
  assert.equal(counted['@odata.count'], 2, 'the count tells nothing of hidden ones');
  for (const filter of [
    `rbacGroupId eq ${foreign.id}`,
    `id eq '${unseen.machineId}'`,
    "startswith(computerDnsName,'srv')",
  ]) {
    assert.deepEqual(await list(world, `/api/machines?$filter=${filter}`, ana), []);
  }
  const at = '2026-03-02T09:15:20Z';
  assert.deepEqual(
    ids(await list<WireMachine>(world, `/api/machines/findbyip(ip='10.20.0.42',timestamp=${at})`, ana)),
    visible,
  );
  for (const { machineId } of [seen, unseen, ungrouped]) {
    const body = { Value: 'lab', Action: 'Add' };
    succeeded(await world.call('POST', `/api/machines/${machineId}/tags`, { body }));
  }
  assert.deepEqual(ids(await list<WireMachine>(world, '/api/machines/findbytag?tag=lab', ana)), visible);

  for (const name of [unseen.machineId, 'srv-001.cordon.test']) {
    const message = `Machine ${name} was not found`;
    refused(await world.get(`/api/machines/${name}`, ana), 'ResourceNotFound', message);
    refused(await world.get(`/api/machines/${name}/machineactions`, ana), 'ResourceNotFound', message);
    refused(await world.get(`/cordon/v1/machines/${name}`, ana), 'ResourceNotFound', message);
    for (const operation of ['restrictCodeExecution', 'unrestrictCodeExecution']) {
      const path = `/api/machines/${name}/${operation}`;
      const reply = await world.call('POST', path, { token: ana, body: { Comment: 'x' } });
      refused(reply, 'ResourceNotFound', message);
    }
  }
  assert.deepEqual(await world.store.controls(TENANT, unseen.machineId), [], 'and nothing was asked of it');
});

test('so it is with the actions of a machine: left out of lists, not found, not cancelled', async () => {
  await using world = await startWorld();
  const { seen, unseen, ungrouped } = await threeMachines(world);
  const ana = await world.user(ANA, { role: ['View data', 'Active remediation actions'] });
  const own = await world.restrict(seen.machineId);
  const hidden = await world.restrict(unseen.machineId);
  const free = await world.restrict(ungrouped.machineId);
  const actions = await list<WireMachineAction>(world, '/api/machineactions', ana);
  assert.deepEqual(
    actions.map(({ id }) => id),
    [free.id, own.id],
  );
  const filter = `machineId eq '${unseen.machineId}'`;
  assert.deepEqual(await list(world, `/api/machineactions?$filter=${filter}`, ana), []);
  const message = `Machine action ${hidden.id} was not found`;
  refused(await world.get(`/api/machineactions/${hidden.id}`, ana), 'ResourceNotFound', message);
  refused(
    await world.get(`/cordon/v1/machineactions/${hidden.id}/history`, ana),
    'ResourceNotFound',
    message,
  );
  const cancel = (id: string) =>
    world.call('POST', `/api/machineactions/${id}/cancel`, { token: ana, body: { Comment: 'x' } });
  refused(await cancel(hidden.id), 'ResourceNotFound', message);
  assert.equal((await world.action(hidden.id)).status, 'Pending');
  assert.equal(succeeded<WireMachineAction>(await cancel(own.id)).cancellationRequestor, ANA);
});

test('a viewer reads and may not act: 403 names the role permission, and nothing is written', async () => {
  await using world = await startWorld();
  const { seen } = await threeMachines(world);
  const viewer = await world.user(ANA, { role: ['View data'] });
  succeeded(await world.get(`/api/machines/${seen.machineId}`, viewer));
  const message = 'The user does not have the required role permission (Active remediation actions).';
  for (const operation of ['restrictCodeExecution', 'unrestrictCodeExecution']) {
    const path = `/api/machines/${seen.machineId}/${operation}`;
    refused(await world.call('POST', path, { token: viewer, body: { Comment: 'x' } }), 'Forbidden', message);
  }
  assert.deepEqual(await world.store.controls(TENANT, seen.machineId), []);
  const action = await world.restrict(seen.machineId);
  const path = `/api/machineactions/${action.id}/cancel`;
  refused(await world.call('POST', path, { token: viewer, body: { Comment: 'x' } }), 'Forbidden', message);
});

test('a user’s action carries the principal name; an application sees every group', async () => {
  await using world = await startWorld();
  const { seen, unseen } = await threeMachines(world);
  const ana = await world.user(ANA, { role: ['Active remediation actions', 'View data'] });
  const path = `/api/machines/${seen.machineId}/restrictCodeExecution`;
  const action = succeeded<WireMachineAction>(
    await world.call('POST', path, { token: ana, body: { Comment: 'by a person' } }),
    201,
  );
  assert.equal(action.requestor, ANA);
  const [event] = await world.history(action.id);
  assert.deepEqual(event?.actor, { kind: 'user', id: ANA, name: ANA });
  const app = await world.application(['Machine.Read.All'], { name: 'reader' });
  assert.equal((await list(world, '/api/machines', app)).length, 3);
  succeeded(await world.get(`/api/machines/${unseen.machineId}`, app));
});

test('what a user may see follows the groups and the machine at once', async () => {
  await using world = await startWorld();
  const { seen, unseen } = await threeMachines(world);
  const { groups, roles } = world.server.services;
  const ana = await world.user(ANA, { role: ['View data'] });
  const sees = async (machineId: string) =>
    (await world.get(`/api/machines/${machineId}`, ana)).status === 200;
  assert.deepEqual([await sees(seen.machineId), await sees(unseen.machineId)], [true, false]);
  await groups.assign(TENANT, 'servers', ANA);
  assert.equal(await sees(unseen.machineId), true);
  await groups.unassign(TENANT, 'servers', ANA);
  assert.equal(await sees(unseen.machineId), false);
  await groups.unassign(TENANT, 'servers', 'bob@cordon.test');
  assert.equal(await sees(unseen.machineId), true, 'a group that names nobody is open to all');
  await groups.assign(TENANT, 'servers', 'bob@cordon.test');
  const path = '/cordon/v1/groups/servers/machines';
  succeeded(await world.call('POST', path, { body: { machine: seen.machineId } }));
  assert.equal(await sees(seen.machineId), false, 'the machine was put into the other group');
  await groups.remove(TENANT, 'servers');
  assert.equal(await sees(seen.machineId), true);
  await roles.unassign(TENANT, `role of ${ANA}`, ANA);
  refused(await world.get(`/api/machines/${seen.machineId}`, ana), 'Forbidden');
});

test('the machine says whether it was put into its group by hand', async () => {
  await using world = await startWorld();
  const { seen, foreign } = await threeMachines(world);
  const state = async () => {
    const path = `/cordon/v1/machines/${seen.machineId}`;
    const { rbacGroupName, groupPlaced } = succeeded<WireMachineState>(await world.get(path));
    return [rbacGroupName, groupPlaced];
  };
  assert.deepEqual(await state(), ['workstations', false]);
  const body = { machine: seen.machineId };
  succeeded(await world.call('POST', `/cordon/v1/groups/${foreign.id}/machines`, { body }));
  assert.deepEqual(await state(), ['servers', true]);
  const path = `/cordon/v1/groups/${foreign.id}/machines/${seen.machineId}`;
  assert.equal((await world.call('DELETE', path)).status, 204);
  assert.deepEqual(await state(), ['workstations', false]);
});
