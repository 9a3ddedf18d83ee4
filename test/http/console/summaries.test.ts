import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import type { WireMachineSummary } from '../../../src/contract/console.ts';
import { refused, succeeded } from '../../kit/reply.ts';
import { enrolMachines, makeMachine } from '../../kit/store.ts';
import { startWorld, TENANT, type World } from '../../kit/world.ts';

interface Summaries {
  value: WireMachineSummary[];
  '@odata.count'?: number;
  '@odata.nextLink'?: string;
}
const get = async (world: World, query = '', token = world.full) =>
  succeeded<Summaries>(await world.get(`/cordon/v1/machinesummaries${query}`, token));

describe('summaries of machines', () => {
  test('have what a row shows: the control without its evidence, the action under way, the connection', async () => {
    await using world = await startWorld();
    const reader = await world.client(['Machine.Read.All']);
    const device = await world.device('ws-1.cordon.test');
    await device.exchange();
    const fresh = (await get(world)).value[0]!;
    assert.deepEqual([fresh.controls, fresh.connected, fresh.activeAction], [[], true, null]);
    const action = await world.restrict(device.machineId);
    const changing = (await get(world)).value[0]!;
    const { creationDateTimeUtc, ...active } = changing.activeAction!;
    assert.deepEqual(active, {
      id: action.id,
      type: 'RestrictCodeExecution',
      status: 'Pending',
      requestor: 'soar-connector',
    });
    assert.equal(creationDateTimeUtc, action.creationDateTimeUtc);
    assert.equal(changing.controls[0]?.assurance, 'changing');
    await device.obey();
    const proven = (await get(world)).value[0]!;
    assert.equal(proven.activeAction, null);
    assert.deepEqual(
      [proven.controls[0]?.mode, proven.controls[0]?.assurance, proven.controls[0]?.actionId],
      ['restricted', 'proven', action.id],
    );
    assert.ok(!JSON.stringify(proven).includes('evidence'));
    world.time.step(91_000);
    assert.equal((await get(world)).value[0]?.connected, false);
    world.time.step(8 * 24 * 3_600_000);
    const token = await reader.token();
    await world.until(async () => (await get(world, '', token)).value[0]?.connected === null);
  });

  test('name the newest action where it ended in vain, until another one is under way or ends well', async () => {
    await using world = await startWorld();
    const device = await world.device('ws-1.cordon.test');
    const failure = async () => (await get(world)).value[0]?.lastFailure;
    assert.equal(await failure(), null);
    const action = await world.restrict(device.machineId);
    await device.obey();
    assert.equal(await failure(), null);
    const release = await world.unrestrict(device.machineId);
    assert.equal(await failure(), null, 'one is under way');
    const order = await device.next();
    await device.accept(order);
    await device.fail(order);
    assert.deepEqual(await failure(), { id: release.id, type: 'UnrestrictCodeExecution', status: 'Failed' });
    assert.notEqual(action.id, release.id);
    await world.restrict(device.machineId);
    assert.equal(await failure(), null);
  });

  test('come in pages that are whole together, in the order of ids or as asked, and by id', async () => {
    await using world = await startWorld();
    const machines = Array.from({ length: 2300 }, (_, index) => makeMachine(index + 1, { tenantId: TENANT }));
    await enrolMachines(world.store, machines);
    const ids = machines.map(({ id }) => id);
    const first = await get(world, '?$count=true');
    assert.equal(first['@odata.count'], 2300);
    assert.equal(first.value.length, 2000);
    const rest = await get(world, new URL(first['@odata.nextLink']!).search);
    assert.equal(rest['@odata.nextLink'], undefined);
    assert.deepEqual(
      [...first.value, ...rest.value].map(({ id }) => id),
      ids,
    );
    const some = [ids[7]!, ids[2100]!];
    const named = await get(world, `?$filter=id in ('${some.join("','")}')`);
    assert.deepEqual(
      named.value.map(({ id }) => id),
      some,
    );
    const top = await get(world, '?$top=450');
    assert.deepEqual([top.value.length, top['@odata.nextLink']], [450, undefined]);
    const last = await get(world, '?$orderby=computerDnsName desc&$top=2');
    assert.deepEqual(
      last.value.map(({ computerDnsName }) => computerDnsName),
      ['ws-999.cordon.test', 'ws-998.cordon.test'],
    );
    const over = await world.get('/cordon/v1/machinesummaries?$top=2001');
    refused(over, 'ODataError', /limit of '2000'/);
    refused(await world.get('/cordon/v1/machinesummaries?$filter=nothing eq 1'), 'ODataError');
  });
});
