import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import type { WireMachine } from '../../src/contract/machine.ts';
import type { WireMachineAction } from '../../src/contract/machine-action.ts';
import { refused, succeeded } from '../kit/reply.ts';
import { enrolMachines, makeAction, makeMachine, mustRequest } from '../kit/store.ts';
import { startWorld, TENANT, type World } from '../kit/world.ts';

interface Collection<T> {
  '@odata.context': string;
  '@odata.count'?: number;
  value: T[];
  '@odata.nextLink'?: string;
}
/** Rows more than one page of the server holds. */
const MANY = 10_050;

/** Filters with how many of the five machines, or four actions, they find. */
const MACHINE_FILTERS: readonly (readonly [filter: string, found: readonly number[]])[] = [
  ["computerDnsName eq 'ws-001.cordon.test'", [1]],
  ["computerdnsname EQ 'ws-001.cordon.test'", [1]],
  ["startswith(computerDnsName,'ws-')", [1, 2]],
  ["STARTSWITH(ComputerDnsName, 'srv')", [3, 4]],
  ["endswith(computerDnsName,'004.cordon.test')", [4]],
  ["contains(computerDnsName,'cordon')", [1, 2, 3, 4, 5]],
  ["not startswith(computerDnsName,'ws-')", [3, 4, 5]],
  ["healthStatus ne 'Active'", [5]],
  ["healthStatus eq 'inactive'", [5]],
  ["osPlatform in ('Linux','Windows11')", [1, 3, 4, 5]],
  ["osPlatform in('Windows10', 'Windows11')", [2, 3]],
  ["osPlatform eq 'Linux' and (healthStatus eq 'Inactive' or version eq '12')", [1, 4, 5]],
  ["version eq '22H2' or version eq '23H2'", [2, 3]],
  ["deviceValue eq 'High'", [3]],
  ['deviceValue eq null', [5]],
  ["riskScore eq 'Medium' or exposureLevel eq 'Medium'", [2]],
  ["onboardingStatus eq 'Onboarded'", [1, 2, 3, 4, 5]],
  ["onboardingStatus eq 'onboarded' AND rbacGroupId EQ 0", [1, 2, 3, 4, 5]],
  ['aadDeviceId eq b1a7c0de-1111-4222-8333-444455556666', [2]],
  ["aadDeviceId eq 'B1A7C0DE-1111-4222-8333-444455556666'", [2]],
  ["lastIpAddress eq '10.0.0.3'", [3]],
  ['lastSeen gt 2026-03-01', [1, 2, 3, 4]],
  ['lastSeen lt 2026-03-01T00:00:00Z', [5]],
  ['lastSeen ge 2026-03-02T09:00:00.0000000Z and lastSeen le 2026-03-02T09:00:00Z', [1, 2, 3, 4]],
  ["machineTags/any(tag: tag eq 'lab')", [1, 3]],
  ["machineTags/any(t: startswith(t,'la'))", [1, 3]],
  ['machineTags/any()', [1, 3, 4]],
  ["not machineTags/any(t: t eq 'lab')", [2, 4, 5]],
  [`id eq '${makeMachine(4).id.toUpperCase()}'`, [4]],
  ['osBuild gt 20000', [3]],
];

const ACTION_FILTERS: readonly (readonly [filter: string, found: readonly number[]])[] = [
  ["status eq 'Pending'", [1, 2, 3, 4]],
  ["Status eq 'pending' and Type eq 'restrictcodeexecution'", [4, 3, 1]],
  ["type eq 'UnrestrictCodeExecution'", [2]],
  ["type in ('Isolate','UnrestrictCodeExecution')", [2]],
  [`machineId eq '${makeMachine(1).id}'`, [1]],
  [`machineId eq '${makeMachine(1).id.toUpperCase()}'`, [1]],
  ["requestor eq 'bob@cordon.test' and type eq 'RestrictCodeExecution'", [3]],
  ["requestor eq 'o''neil@cordon.test'", [4]],
  ['creationDateTimeUtc gt 2026-03-02T09:00:02Z', [4, 3]],
  ['creationDateTimeUtc ge 2026-03-02T09:00:02.0000000Z and creationDateTimeUtc lt 2026-03-03', [4, 3, 2]],
  ['creationDateTimeUtc le 2026-03-01', []],
  [`id eq ${makeAction(2, makeMachine(2)).id}`, [2]],
  [`id in ('${makeAction(1, makeMachine(1)).id}',${makeAction(3, makeMachine(3)).id})`, [3, 1]],
  ["contains(requestorComment,'comment 4')", [4]],
  ['cancellationDateTimeUtc ne null', []],
];

/** What is no query, with what the answer must name. */
const WRONG: readonly (readonly [query: string, message: RegExp])[] = [
  ["$filter=nosuch eq 'x'", /nosuch/],
  ['$filter=status eq', /\$filter, character/],
  ["$filter=status = 'Pending'", /\$filter, character/],
  ["$filter=(status eq 'Pending'", /\$filter, character/],
  ["$filter=status eq 'Pending", /\$filter, character/],
  ['$filter=status eq Pending', /\$filter, character/],
  ["$filter=creationDateTimeUtc gt 'yesterday'", /\$filter, character/],
  ['$filter=commands eq null', /commands/],
  ["$filter=concat(status,'x') eq 'y'", /concat/],
  ['$filter=', /\$filter/],
  ['$top=-1', /\$top/],
  ['$top=10001', /10000/],
  ['$top=ten', /\$top/],
  ['$skip=-1', /\$skip/],
  ['$skip=1.5', /\$skip/],
  ['$orderby=nosuch', /nosuch/],
  ['$orderby=status sideways', /sideways/],
  ['$select=nosuch', /nosuch/],
  ['$count=maybe', /\$count/],
  ['$expand=machine', /'\$expand' is not supported/],
  [
    '$stop=5',
    /^The query specified in the URI is not valid\. Custom query option '\$stop' that starts with '\$' is not supported\.$/,
  ],
  ['$top=1&$top=2', /\$top.*more than once/],
  ['$skiptoken=nonsense', /\$skiptoken/],
  ['$filter=%zz', /percent/],
];

describe('queries over HTTP', () => {
  let world: World;
  before(async () => {
    world = await startWorld();
    await world.store.createTenant({
      id: TENANT,
      name: 'Contoso',
      createdAt: '2026-03-02T09:00:00.0000000Z',
    });
    const base = { tenantId: TENANT };
    const machines = [
      makeMachine(1, { ...base, tags: [] }),
      makeMachine(2, {
        ...base,
        osPlatform: 'Windows10',
        version: '22H2',
        riskScore: 'Medium',
        aadDeviceId: 'b1a7c0de-1111-4222-8333-444455556666',
      }),
      makeMachine(3, {
        ...base,
        computerDnsName: 'srv-003.cordon.test',
        osPlatform: 'Windows11',
        version: '23H2',
        osBuild: 22_631,
        deviceValue: 'High',
      }),
      makeMachine(4, { ...base, computerDnsName: 'srv-004.cordon.test' }),
      makeMachine(5, {
        ...base,
        computerDnsName: 'kiosk.cordon.test',
        healthStatus: 'Inactive',
        deviceValue: null,
        lastSeen: '2026-02-01T00:00:00.0000000Z',
      }),
    ];
    await enrolMachines(world.store, machines);
    for (const [number, tag] of [
      [1, 'lab'],
      [3, 'lab'],
      [3, 'east'],
      [4, 'Lab west'],
    ] as const) {
      await world.store.changeTag(TENANT, makeMachine(number).id, tag, 'add');
    }
    const requestors = ['ana@cordon.test', 'ana@cordon.test', 'bob@cordon.test', "o'neil@cordon.test"];
    for (const [index, requestor] of requestors.entries()) {
      const type = index === 1 ? 'UnrestrictCodeExecution' : 'RestrictCodeExecution';
      await mustRequest(
        world.store,
        makeAction(index + 1, machines[index]!, { requestor, type, deadline: null }),
      );
    }
  });
  after(() => world[Symbol.asyncDispose]());

  const machineNumber = ({ id }: { id: string }) => Number.parseInt(id.slice(4), 16);
  const actionNumber = ({ id }: { id: string }) => Number.parseInt(id.slice(0, 8), 16);
  const collection = async <T>(path: string) => succeeded<Collection<T>>(await world.get(path));

  for (const [filter, expected] of MACHINE_FILTERS) {
    test(`machines where ${filter}`, async () => {
      for (const form of [encodeURIComponent(filter), filter.replaceAll(' ', '+').replaceAll('%', '%25')]) {
        for (const name of ['$filter', '%24filter', '$FILTER']) {
          const { value } = await collection<WireMachine>(`/api/machines?${name}=${form}`);
          assert.deepEqual(value.map(machineNumber), expected);
        }
      }
    });
  }

  for (const [filter, expected] of ACTION_FILTERS) {
    test(`actions where ${filter}`, async () => {
      const query = `$filter=${encodeURIComponent(filter)}`;
      const { value } = await collection<WireMachineAction>(`/api/machineactions?${query}`);
      assert.deepEqual(value.map(actionNumber).sort(), [...expected].sort());
      const numbers = value.map(actionNumber);
      assert.deepEqual(
        numbers,
        numbers.toSorted((a, b) => b - a),
        'newest first',
      );
    });
  }

  for (const [query, message] of WRONG) {
    test(`${query} is an ODataError that says what and where`, async () => {
      for (const path of ['/api/machineactions', '/api/v1.0/machineactions']) {
        const message_ = refused(await world.get(`${path}?${query}`), 'ODataError', message);
        assert.match(message_, /^The query specified in the URI is not valid\. /);
      }
    });
  }

  test('$top, $skip, $orderby, $select and $count do what they say, alone and together', async () => {
    const numbers = async (query: string) =>
      (await collection<WireMachineAction>(`/api/machineactions?${query}`)).value.map(actionNumber);
    assert.deepEqual(await numbers('$top=2'), [4, 3]);
    assert.deepEqual(await numbers('$top=0'), []);
    assert.deepEqual(await numbers('$skip=3'), [1]);
    assert.deepEqual(await numbers('$top=2&$skip=1'), [3, 2]);
    assert.deepEqual(await numbers('$skip=99'), []);
    assert.deepEqual(await numbers('$orderby=creationDateTimeUtc'), [1, 2, 3, 4]);
    assert.deepEqual(await numbers('$orderby=creationDateTimeUtc+ASC'), [1, 2, 3, 4]);
    assert.deepEqual(await numbers('$orderBy=type desc,id'), [2, 1, 3, 4]);
    assert.deepEqual(await numbers('top=1&skip=1'), [3]);
    const counted = await collection(`/api/machineactions?$count=true&$top=1&$filter=type ne 'Isolate'`);
    assert.deepEqual([counted['@odata.count'], counted.value.length], [4, 1]);
    assert.equal(counted['@odata.nextLink'], undefined, 'the caller’s own $top cuts, not the server');
    assert.deepEqual(Object.keys(counted), ['@odata.context', '@odata.count', 'value']);
    assert.equal((await collection('/api/machineactions?$count=false'))['@odata.count'], undefined);
    const selected = await collection('/api/machineactions?$select=status,ID&$top=1');
    assert.deepEqual(selected.value, [{ id: makeAction(4, makeMachine(4)).id, status: 'Pending' }]);
    assert.equal(selected['@odata.context'], `${world.url}/api/$metadata#MachineActions(id,status)`);
    const machines = await collection<WireMachine>(
      '/api/machines?$select=id,onboardingStatus&$orderby=lastSeen,id desc',
    );
    assert.deepEqual(machines.value.map(machineNumber), [5, 4, 3, 2, 1]);
    assert.deepEqual(Object.keys(machines.value[0]!), ['id', 'onboardingStatus']);
    assert.equal(
      (await collection('/api/machineactions?$format=json&client-request-id=1&x=%20')).value.length,
      4,
      'what is no query option is passed over',
    );
  });
});

test('pages that the server cuts are followed to their end, each row once', async () => {
  await using world = await startWorld();
  const machines = Array.from({ length: MANY }, (_, index) => makeMachine(index + 1, { tenantId: TENANT }));
  // A store takes so many units at once and no more.
  for (let start = 0; start < MANY; start += 5000) {
    const some = machines.slice(start, start + 5000);
    await enrolMachines(world.store, some);
    const actions = some.map((machine, index) => makeAction(start + index + 1, machine, { deadline: null }));
    await Promise.all(actions.map((action) => mustRequest(world.store, action)));
  }
  for (const path of [
    '/api/machines',
    '/api/v1.0/Machines?$filter=startswith(computerDnsName,%27ws%27)&$count=true&$select=id',
    '/api/machineactions?$orderby=requestor&$select=id',
    '/api/machineactions?$skip=10',
  ]) {
    const seen: string[] = [];
    let pages = 0;
    let link: string | undefined = `${world.url}${path}`;
    while (link !== undefined) {
      assert.ok(link.startsWith(`${world.url}${path.split('?')[0]}`), link);
      const page: Collection<{ id: string }> = succeeded(await world.get(link.slice(world.url.length)));
      seen.push(...page.value.map(({ id }) => id));
      if (path.includes('$count')) assert.equal(page['@odata.count'], MANY);
      link = page['@odata.nextLink'];
      pages += 1;
    }
    assert.equal(pages, 2);
    assert.equal(seen.length, path.includes('$skip') ? MANY - 10 : MANY);
    assert.equal(new Set(seen).size, seen.length, 'no row twice');
  }
  const whole = succeeded<Collection<object>>(await world.get('/api/machines?$top=10000'));
  assert.equal(whole.value.length, 10_000);
  assert.equal(whole['@odata.nextLink'], undefined, 'clients page with $top and $skip themselves');
  const rest = succeeded<Collection<object>>(await world.get('/api/machines?$top=10000&$skip=10000'));
  assert.equal(rest.value.length, 50);
});
