import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { LoadOptions } from '../../src/contract/load.ts';
import { type LoadApi, runLoad } from '../../src/load/load.ts';
import { all, client, fixedToken } from '../../src/sdk/index.ts';
import { atEnd } from '../kit/at-end.ts';
import { OTHER_TENANT, startWorld, type World, type WorldOptions } from '../kit/world.ts';

async function world(context: TestContext, options: WorldOptions = {}): Promise<World> {
  const started = await startWorld(options);
  atEnd(context, () => started[Symbol.asyncDispose]());
  return started;
}

const apiOf = ({ url, full }: World): LoadApi => ({
  setup: client({ url, credentials: fixedToken(full) }),
  responder: client({ url, credentials: fixedToken(full), retry: { attempts: 1 } }),
});

const optionsOf = ({ url }: World, change: Partial<LoadOptions> = {}): LoadOptions => ({
  url,
  devices: 20,
  rate: 100,
  duration: 600,
  ramp: 0,
  seed: 3,
  run: 'test',
  delay: 0,
  patience: 20_000,
  enrolmentToken: null,
  cleanup: false,
  memory: { kind: 'process', pid: process.pid },
  ...change,
});

const quiet = new AbortController().signal;
const nothing = () => undefined;

test('every action that was accepted is proven, and each of its times is counted', async (context) => {
  const served = await world(context);
  const report = await runLoad(optionsOf(served), apiOf(served), quiet, nothing);
  const { actions, latency, errors, machines } = report;
  assert.ok(actions.accepted > 20, `${actions.accepted} actions`);
  assert.equal(actions.accepted + actions.busy, actions.planned);
  assert.deepEqual([actions.delivered, actions.proven], [actions.accepted, actions.accepted]);
  assert.deepEqual(actions.statuses, { Succeeded: actions.accepted });
  assert.deepEqual(errors, { calls: {}, exchanges: {} });
  for (const { count, p50, p99, most } of Object.values(latency)) {
    assert.equal(count, actions.accepted);
    assert.ok(p50! > 0 && p50! <= p99! && p99! <= most!);
  }
  assert.ok(latency.answered.p50! < latency.proven.p50!);
  assert.ok(report.memory!.beforeBytes > 0 && report.exchangesPerSecond > 0);
  assert.deepEqual([machines.count, machines.first], [20, 'load-test-00001.cordon-load.test']);
});

test('the machines can be told from others, and a run cleans up what it left restricted', async (context) => {
  const served = await world(context);
  const real = await served.device('ws-001.cordon.test');
  const api = apiOf(served);
  const report = await runLoad(
    optionsOf(served, { devices: 3, rate: 20, duration: 200, cleanup: true }),
    api,
    quiet,
    nothing,
  );
  assert.equal(report.machines.restricted, 0);
  const machines = await all(api.setup.machines());
  assert.deepEqual(
    machines.filter(({ machineTags }) => machineTags.includes('cordon-load')).map(({ id }) => id).length,
    3,
  );
  const other = machines.find(({ id }) => id === real.machineId);
  assert.deepEqual(other?.machineTags, []);
  const actions = await all(api.setup.actions());
  assert.ok(actions.length > 0 && actions.every(({ machineId }) => machineId !== real.machineId));
  const tokens = await api.setup.enrolmentTokens.list();
  assert.ok(
    tokens.every(({ usesLeft, revokedAt }) => usesLeft === 0 || revokedAt !== null),
    'no token is left to be used',
  );
});

test('nothing is asked of machines that the application does not see as its own', async (context) => {
  const served = await world(context);
  const enrolmentToken = await served.enrolmentToken({ tenantId: OTHER_TENANT, usesLeft: 2 });
  const api = apiOf(served);
  await assert.rejects(
    runLoad(optionsOf(served, { devices: 2, enrolmentToken }), api, quiet, nothing),
    (error: Error) => error.name === 'ForeignMachineError' && /same tenant/.test(error.message),
  );
  assert.deepEqual(await all(api.setup.actions()), []);
});

test('a run does not touch the machines of an earlier one of its name', async (context) => {
  const served = await world(context);
  const api = apiOf(served);
  const short = { devices: 2, rate: 10, duration: 100 };
  await runLoad(optionsOf(served, short), api, quiet, nothing);
  const before = await all(api.setup.actions());
  await assert.rejects(
    runLoad(optionsOf(served, short), api, quiet, nothing),
    /2 machines of an earlier run test/,
  );
  assert.deepEqual(await all(api.setup.actions()), before);
});

test('calls that are refused are counted by their code, and the run goes on', async (context) => {
  const served = await world(context, { rateLimit: { perMinute: 10, perHour: 100 } });
  const report = await runLoad(
    optionsOf(served, { devices: 8, rate: 100, duration: 300 }),
    apiOf(served),
    quiet,
    nothing,
  );
  const { accepted, busy, planned, proven } = report.actions;
  const refused = report.errors.calls.TooManyRequests ?? 0;
  assert.ok(refused > 0);
  assert.equal(accepted + busy + refused, planned);
  assert.equal(proven, accepted);
});
