/** `kill -9` of the agent at every step of its own and of the driver, with the real daemon. */
import assert from 'node:assert/strict';
import test, { after, afterEach, before, describe } from 'node:test';
import type { FapolicydStep } from '../../src/agent/drivers/fapolicyd/steps.ts';
import { FAPOLICYD_STEPS } from '../../src/agent/drivers/fapolicyd/steps.ts';
import type { LedgerState } from '../../src/agent/state.ts';
import { STEPS, type Step } from '../../src/agent/step.ts';
import type { Mode } from '../../src/contract/control.ts';
import type { ActionStatus, WireMachineAction } from '../../src/contract/machine-action.ts';
import type { Client } from '../../src/sdk/index.ts';
import { assertEnded } from '../kit/ended-action.ts';
import { whyNoWorld } from '../kit/fapolicyd-world.ts';
import { enrolGuardedDevice, type GuardedDevice } from '../kit/guarded-device.ts';
import { until } from '../kit/processes.ts';
import { type ServerProcess, startServerProcess } from '../kit/server-process.ts';

const FIRST_OF_RELEASE = FAPOLICYD_STEPS.indexOf('release-intended');
/** The driver works between these two steps of the agent. */
const withDriver = (steps: readonly FapolicydStep[]) =>
  STEPS.flatMap((step) => (step === 'applied' ? [...steps, step] : [step]));
const RESTRICTING = withDriver(FAPOLICYD_STEPS.slice(0, FIRST_OF_RELEASE));
const RELEASING = withDriver(FAPOLICYD_STEPS.slice(FIRST_OF_RELEASE));

type Order = 'restrict' | 'unrestrict';
type AnyStep = Step | FapolicydStep;

/** What the server knows of an action whose agent died at the step. */
const KNOWN: Partial<Record<AnyStep, ActionStatus>> = { seen: 'Pending', reported: 'Succeeded' };

/** A restricted device proves itself at each start of its agent, and passes these steps on the way. */
const AGAIN: readonly AnyStep[] = ['trust-listed', 'applied', 'verified'];

describe('the agent killed, a device with fapolicyd', {
  skip: whyNoWorld() ?? false,
  timeout: 600_000,
}, () => {
  let server: ServerProcess;
  let device: GuardedDevice;
  let api: Client;
  let id: string;

  before(async () => {
    server = await startServerProcess();
    api = server.api;
    device = await enrolGuardedDevice({ url: server.url, token: await server.enrolmentToken() });
    id = device.agent.machineId;
  });
  after(async () => {
    await device?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  // What one test leaves must not be in the way of the next, also when it failed.
  afterEach(() => device.agent.kill());

  const control = async () => (await api.machineState(id)).controls[0]!;
  const assertInForce = (mode: Mode) =>
    mode === 'restricted' ? device.assertRefused() : device.assertOwners();

  /** The device's own memory. Starting the command to ask it takes 30 times as long, and is tried elsewhere. */
  const ledger = async () => {
    const path = `${device.world.inside.stateDirectory}/ledger.json`;
    return JSON.parse((await device.world.run(['/usr/bin/cat', path])).stdout) as LedgerState;
  };

  const restart = async (...words: string[]) => {
    await server.stop();
    await server.start(words);
  };

  /** Orders something of an agent that dies at the step. */
  const orderAndDie = async (order: Order, step: AnyStep): Promise<WireMachineAction> => {
    const restricted = order === 'unrestrict';
    const running = await device.agent.start(restricted && AGAIN.includes(step) ? `${step}:2` : step);
    if (restricted) await running.logged(({ event }) => event === 'mode proven');
    const action = await api[order](id, { comment: `The agent dies at ${step}` });
    assert.deepEqual(await running.exit, { status: null, signal: 'SIGKILL' });
    return action;
  };

  /** The device is where it should be, says so, and has nothing more to say. Then its agent is killed, too. */
  const assertConverged = async (mode: Mode, actionId: string) => {
    const found = await until('the device converges', async () => {
      const state = await control();
      return state.assurance === 'proven' && state.mode === mode && state;
    });
    assert.deepEqual([found.observedMode, found.actionId], [mode, actionId]);
    await until('the device has said everything', async () => {
      const { controls, reports } = await ledger();
      return reports.length === 0 && controls[0]?.proven && controls[0].observed === mode;
    });
    await device.agent.kill();
    await assertInForce(mode);
  };

  /** Brings the device there by an agent that nothing happens to, unless it is there. */
  const given = async (mode: 'restricted' | 'unrestricted') => {
    if ((await api.machineState(id)).controls[0]?.mode === mode) return;
    await device.agent.start();
    const action = await api[mode === 'restricted' ? 'restrict' : 'unrestrict'](id, { comment: 'First' });
    await api.waitFor(action.id, { timeout: 60_000 });
    await assertConverged(mode, action.id);
  };

  const completes = async (order: Order, step: AnyStep) => {
    const mode = order === 'restrict' ? 'restricted' : 'unrestricted';
    const action = await orderAndDie(order, step);
    const known = (await api.action(action.id)).status;
    assert.equal(known, KNOWN[step] ?? 'InProgress');
    if (known === 'Succeeded') await assertInForce(mode);
    await device.agent.start();
    await api.waitFor(action.id, { timeout: 60_000 });
    await assertEnded(api, action.id, 'Succeeded');
    await assertConverged(mode, action.id);
  };

  for (const [index, step] of RESTRICTING.entries()) {
    const releasing = RELEASING[index % RELEASING.length]!;
    test(`restrict, killed at ${step}; then release, killed at ${releasing}`, async () => {
      await completes('restrict', step);
      await completes('unrestrict', releasing);
    });
  }

  /** Cancels while the agent is dead. */
  const cancelled = async (order: Order, step: AnyStep, back: Mode) => {
    const before = await control();
    const action = await orderAndDie(order, step);
    await api.cancel(action.id, 'While its agent is dead');
    await device.agent.start();
    await assertConverged(back, before.actionId!);
    await assertEnded(api, action.id, 'Cancelled');
  };

  test('an order that is cancelled after its agent died in the middle of it is taken back', async () => {
    await given('unrestricted');
    await cancelled('restrict', 'enforcer-switched', 'unrestricted');
    await given('restricted');
    await cancelled('unrestrict', 'enforcer-stopped', 'restricted');
  });

  test('an agent that dies while it puts a restriction in force again leaves it in force, and goes on', async () => {
    await given('restricted');
    const { generation, actionId } = await control();
    for (const step of ['trust-listed', 'applied', 'verified'] as const) {
      const running = await device.agent.start(step);
      assert.deepEqual(await running.exit, { status: null, signal: 'SIGKILL' });
      await device.assertRefused();
    }
    // As after a reboot, when neither agent nor enforcer run.
    await device.world.killDaemon();
    const running = await device.agent.start('enforcer-switched');
    assert.deepEqual(await running.exit, { status: null, signal: 'SIGKILL' });
    await device.agent.start();
    await until('the repair is reported', async () =>
      (await api.history(actionId!)).some(({ cause }) => cause === 'drift repaired'),
    );
    assert.equal((await control()).generation, generation);
    await assertConverged('restricted', actionId!);
  });

  test('a release that times out while its agent is dead leaves the device restricted', async () => {
    await given('restricted');
    const before = await control();
    await restart('--progress-timeout', '1s');
    const action = await orderAndDie('unrestrict', 'enforcer-stopped');
    await api.waitFor(action.id, { timeout: 60_000 });
    await assertEnded(api, action.id, 'TimeOut');
    const after = await control();
    assert.deepEqual([after.mode, after.assurance], ['restricted', 'unproven']);
    await device.agent.start();
    await assertConverged('restricted', before.actionId!);
    await assertEnded(api, action.id, 'TimeOut');
    await restart();
  });

  test('a restriction that times out while its agent is dead stays wanted, and the late proof changes no status', async () => {
    await given('unrestricted');
    await restart('--progress-timeout', '1s');
    const action = await orderAndDie('restrict', 'trust-checked');
    await api.waitFor(action.id, { timeout: 60_000 });
    const { mode, assurance } = await control();
    assert.deepEqual([mode, assurance], ['restricted', 'unproven']);
    await device.agent.start();
    await assertConverged('restricted', action.id);
    const history = await assertEnded(api, action.id, 'TimeOut');
    assert.equal(history.at(-1)?.cause, 'proven after the end of the action');
  });
});
