import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { ago, lasting, timeOfDay } from '../../src/cli/show/time.ts';
import { AT } from '../kit/machine-state.ts';
import { machineState, startWorld } from './world.ts';

const world = (context: TestContext) => startWorld(context);

test('machines shows name, mode and how sure it is, a line each', async (context) => {
  const { cordon } = await world(context);
  const { status, stdout } = await cordon(['machines']);
  assert.equal(status, 0);
  const lines = stdout.trimEnd().split('\n');
  assert.match(lines[0]!, /^NAME\s+ID\s+PLATFORM\s+GROUP\s+MODE\s+ASSURANCE\s+LAST SEEN$/);
  assert.match(
    lines[1]!,
    /^ws-001\.cordon\.test\s+11111111\s+Linux\s+workstations\s+restricted\s+proven\s+1 min\. ago$/,
  );
  assert.equal(lines.length, 4);
});

test('against the vendor’s service machines leaves out what it does not tell', async (context) => {
  const { api, cordon } = await world(context);
  api.vendorOnly = true;
  const { status, stdout } = await cordon(['machines']);
  assert.equal(status, 0);
  assert.match(stdout, /^NAME\s+ID\s+PLATFORM\s+GROUP\s+LAST SEEN/);
  const json = await cordon(['machines', '--json']);
  assert.equal(JSON.parse(json.stdout)[0].controls, undefined);
});

test('lists are JSON arrays, empty ones too', async (context) => {
  const { api, cordon } = await world(context);
  assert.equal(JSON.parse((await cordon(['machines', '--json'])).stdout).length, 3);
  assert.deepEqual(JSON.parse((await cordon(['actions', '--json'])).stdout), []);
  api.machines.length = 0;
  const empty = await cordon(['machines']);
  assert.deepEqual([empty.status, empty.stdout], [0, '']);
  assert.match(empty.stderr, /No machine fits/);
});

test('filters and tags become one OData filter, with quotes kept', async (context) => {
  const { api, cordon } = await world(context);
  await cordon(['machines', '--filter', "osPlatform eq 'Linux' or true", '--tag', "o'brien"]);
  assert.equal(
    api.calls.at(-1)!.query.get('$filter'),
    "(osPlatform eq 'Linux' or true) and machineTags/any(tag: tag eq 'o''brien')",
  );
  await cordon(['actions', '--status', 'active', '--machine', 'ws-001']);
  assert.equal(api.calls.at(-1)!.path, `/api/machines/${'1'.repeat(40)}/machineactions`);
  assert.equal(api.calls.at(-1)!.query.get('$filter'), "(status eq 'Pending' or status eq 'InProgress')");
});

test('a list that was cut says so', async (context) => {
  const { cordon } = await world(context);
  const cut = await cordon(['machines', '--top', '2']);
  assert.equal(cut.stdout.trimEnd().split('\n').length, 3);
  assert.match(cut.stderr, /more than these 2; --top N/);
  assert.equal((await cordon(['machines', '--top', '3'])).stderr, '');
});

test('on a terminal a table is as wide as the terminal, elsewhere every cell is whole', async (context) => {
  const { api, cordon } = await world(context);
  api.machines[0] = { ...machineState(1), computerDnsName: `ws-${'x'.repeat(120)}.cordon.test` };
  const narrow = await cordon(['machines'], { columns: 80 });
  assert.ok(narrow.stdout.split('\n').every((line) => line.length <= 80));
  assert.match(narrow.stdout, /…/);
  const whole = await cordon(['machines']);
  assert.ok(whole.stdout.includes('x'.repeat(120)));
});

test('on a narrow terminal the columns that matter least go first, and the id and status stay whole', async (context) => {
  const { cordon } = await world(context);
  await cordon(['restrict', 'ws-001', '--comment', 'c'.repeat(200)]);
  const wide = await cordon(['actions'], { columns: 200 });
  assert.match(wide.stdout, /^ACTION +TYPE +MACHINE +STATUS +REQUESTED +TOOK +BY +COMMENT/);
  const narrow = await cordon(['actions'], { columns: 80 });
  assert.match(narrow.stdout, /^ACTION +TYPE +MACHINE +STATUS +REQUESTED +TOOK$/m);
  assert.match(narrow.stdout, /^00000001-6a41-4f0e +RestrictCode/m);
  assert.ok(narrow.stdout.split('\n').every((line) => line.length <= 80));
  const tiny = await cordon(['actions'], { columns: 20 });
  assert.match(tiny.stdout, /00000001-6a41-4f0e +Pending/);
});

test('colours are for terminals, and NO_COLOR is honoured', async (context) => {
  const { cordon } = await world(context);
  const start = String.fromCharCode(27);
  assert.ok(!(await cordon(['machines'], { environment: { NO_COLOR: '' } })).stdout.includes(start));
  const colourful = await cordon(['machines'], { columns: 120, environment: { NO_COLOR: '' } });
  assert.ok(colourful.stdout.includes(`${start}[32mproven`));
  assert.ok(!(await cordon(['machines'], { columns: 120 })).stdout.includes(start));
});

test('what others wrote cannot steer the terminal', async (context) => {
  const { api, cordon } = await world(context);
  api.machines[0] = { ...machineState(1), computerDnsName: 'ws\u001b[2Jevil\u202egnp.\r\n' };
  const { stdout } = await cordon(['machines']);
  for (const mark of ['\u001b', '\u202e', '\r']) assert.ok(!stdout.includes(mark));
  assert.equal(stdout.trimEnd().split('\n').length, 4);
});

test('action shows the history with every check, and as JSON the same', async (context) => {
  const { api, cordon } = await world(context);
  await cordon(['restrict', 'ws-001', '--comment', 'ticket 7']);
  const id = [...api.actions.keys()][0]!;
  const evidence = {
    driver: 'fapolicyd',
    driverVersion: '1.3.3',
    checks: [
      { name: 'untrusted program as root', expected: 'refused', observed: 'refused', passed: true },
      { name: 'trusted program', expected: 'runs', observed: 'refused', passed: false },
    ],
    took: { apply: 120, verify: 80 },
    notes: ['containers are outside'],
  };
  const actor = { kind: 'device', id: 'm', name: 'ws-001.cordon.test' };
  const event = { revision: 1, at: AT, status: 'Failed' as const, actor, cause: 'not proven', evidence };
  api.histories.set(id, [event]);
  const { status, stdout } = await cordon(['action', id.slice(0, 8)]);
  assert.equal(status, 0);
  assert.match(stdout, /comment\s+ticket 7/);
  assert.match(stdout, /09:15:20\.331\s+Failed\s+not proven, by ws-001\.cordon\.test \(device\)/);
  assert.match(stdout, /fapolicyd 1\.3\.3, apply 120 ms, verify 80 ms/);
  assert.match(stdout, /passed {2}untrusted program as root: expected refused, observed refused/);
  assert.match(stdout, /FAILED {2}trusted program: expected runs, observed refused/);
  assert.match(stdout, /note {4}containers are outside/);
  const json = JSON.parse((await cordon(['action', id, '--json'])).stdout);
  assert.deepEqual([json.id, json.history], [id, [event]]);
});

test('action without a history to read shows the rest; waiting for it ends by its end', async (context) => {
  const { api, cordon } = await world(context);
  await cordon(['restrict', 'ws-001', '--comment', 'why']);
  const id = [...api.actions.keys()][0]!;
  api.vendorOnly = true;
  api.path = ['Failed'];
  assert.equal(JSON.parse((await cordon(['action', id, '--json'])).stdout).history, null);
  const waited = await cordon(['action', id, '--wait']);
  assert.equal(waited.status, 1);
  assert.doesNotMatch(waited.stdout, /History/);
});

test('times read as people say them', () => {
  const now = Date.parse('2026-03-02T10:00:00Z');
  assert.equal(ago('2026-03-02T10:00:00Z', now), 'now');
  assert.equal(ago('2026-03-02T10:05:00Z', now), 'now');
  assert.equal(ago('2026-03-02T09:59:48Z', now), '12 sec. ago');
  assert.equal(ago('2026-03-02T07:59:48Z', now), '2 hr. ago');
  assert.equal(ago('2026-02-28T10:00:00Z', now), '2 days ago');
  assert.deepEqual(
    [lasting(420), lasting(42_000), lasting(125_000), lasting(11_400_000)],
    ['0.42 s', '42.0 s', '2 min 5 s', '3 h 10 min'],
  );
});

test('a time of day has milliseconds, however many digits of them the service sent', () => {
  const rows: [string, string][] = [
    ['2026-03-02T21:25:58.78Z', '21:25:58.780'],
    ['2026-03-02T21:25:58.6543219Z', '21:25:58.654'],
    ['2026-03-02T21:25:58Z', '21:25:58.000'],
    ['soon', 'soon'],
  ];
  for (const [instant, time] of rows) assert.equal(timeOfDay(instant), time);
});
