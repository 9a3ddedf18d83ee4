/**
 * The agent, killed between every two steps of an order, on a device with the real enforcer and a real server. The steps
 * come from the tables of the agent and its driver, so a new step is a new case.
 */
import assert from 'node:assert/strict';
import {
  CONFIRMING_STEPS,
  type FapolicydStep,
  RELEASING_STEPS,
  RESTRICTING_STEPS,
} from '../../src/agent/drivers/fapolicyd/steps.ts';
import type { LedgerState } from '../../src/agent/state.ts';
import { STEPS, type Step } from '../../src/agent/step.ts';
import type { Mode } from '../../src/contract/control.ts';
import type { WireControl } from '../../src/contract/cordon.ts';
import type { ActionStatus, WireMachineAction } from '../../src/contract/machine-action.ts';
import { assertEnded } from './ended-action.ts';
import { enrolGuardedDevice, type GuardedDevice } from './guarded-device.ts';
import { until } from './processes.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

export type CrashOrder = 'restrict' | 'unrestrict';
export type CrashStep = Step | FapolicydStep;

/** One order whose agent dies at one step. */
export interface CrashCase {
  readonly order: CrashOrder;
  readonly step: CrashStep;
}

/** Between which of its own steps the agent lets its driver work, and on what. */
const DRIVER_STEPS: Readonly<Record<CrashOrder, Partial<Record<Step, readonly FapolicydStep[]>>>> = {
  restrict: { applied: RESTRICTING_STEPS, confirmed: CONFIRMING_STEPS },
  unrestrict: { applied: RELEASING_STEPS },
};

/** Every step of an order, in its order. */
export function stepsOf(order: CrashOrder): CrashStep[] {
  return STEPS.flatMap((step) => [...(DRIVER_STEPS[order][step] ?? []), step]);
}

/** Every case once, restriction and release in turn as long as there are both. */
export function crashCases(): CrashCase[] {
  const [restricting, releasing] = [stepsOf('restrict'), stepsOf('unrestrict')];
  return restricting.flatMap((step, index) => {
    const released = releasing[index];
    const cases: CrashCase[] = [{ order: 'restrict', step }];
    return released === undefined ? cases : [...cases, { order: 'unrestrict', step: released }];
  });
}

/** What the server knows of an action whose agent died at the step. */
const KNOWN: Partial<Record<CrashStep, ActionStatus>> = { seen: 'Pending', reported: 'Succeeded' };

/** A restricted device proves itself at each start of its agent, and passes these steps on the way. */
const AGAIN: readonly CrashStep[] = ['trust-listed', 'applied', 'verified', 'confirmed', ...CONFIRMING_STEPS];

/** Milliseconds for an action to end on a machine that has much else to do. */
const WAIT = 180_000;

export const modeOf = (order: CrashOrder) => (order === 'restrict' ? 'restricted' : 'unrestricted');

/** A server and a device, on which orders are given to an agent that dies. */
export interface CrashWorld extends AsyncDisposable {
  readonly server: ServerProcess;
  readonly device: GuardedDevice;
  /** The state of the device's one control, as the server has it. */
  control(): Promise<WireControl>;
  /** Brings the device there by an agent that nothing happens to, unless it is there. */
  given(mode: 'restricted' | 'unrestricted'): Promise<void>;
  /** Orders something of an agent that dies at the step. */
  orderAndDie(one: CrashCase): Promise<WireMachineAction>;
  /** The device is where it should be, says so, and has nothing more to say; its agent is killed for it. */
  assertConverged(mode: Mode, actionId: string): Promise<void>;
  /** The whole case: the agent dies, is started again, and brings device and action to their end. @throws AssertionError */
  completes(one: CrashCase): Promise<void>;
}

export async function createCrashWorld(): Promise<CrashWorld> {
  const server = await startServerProcess();
  const { api } = server;
  const close = () => server[Symbol.asyncDispose]();
  const device = await enrolGuardedDevice({ url: server.url, token: await server.enrolmentToken() }).catch(
    async (cause: unknown) => {
      await close();
      throw cause;
    },
  );
  const { agent, world } = device;
  const id = agent.machineId;

  const control = async () => (await api.machineState(id)).controls[0]!;
  const assertInForce = (mode: Mode) =>
    mode === 'restricted' ? device.assertRefused() : device.assertOwners();

  /** The device's own memory. Starting the command to ask it takes 30 times as long, and is tried elsewhere. */
  const ledger = async () => {
    const path = `${world.inside.stateDirectory}/ledger.json`;
    return JSON.parse((await world.run(['/usr/bin/cat', path])).stdout) as LedgerState;
  };

  const orderAndDie: CrashWorld['orderAndDie'] = async ({ order, step }) => {
    const restricted = order === 'unrestrict';
    const running = await agent.start(restricted && AGAIN.includes(step) ? `${step}:2` : step);
    if (restricted) await running.logged(({ event }) => event === 'mode proven');
    const action = await api[order](id, { comment: `The agent dies at ${step}` });
    assert.deepEqual(await running.exit, { status: null, signal: 'SIGKILL' });
    return action;
  };

  const assertConverged: CrashWorld['assertConverged'] = async (mode, actionId) => {
    const found = await until(
      'the device converges',
      async () => {
        const state = await control();
        return state.assurance === 'proven' && state.mode === mode && state;
      },
      WAIT,
    );
    assert.deepEqual([found.observedMode, found.actionId], [mode, actionId]);
    await until('the device has said everything', async () => {
      const { controls, reports } = await ledger();
      return reports.length === 0 && controls[0]?.proven && controls[0].observed === mode;
    });
    await agent.kill();
    await assertInForce(mode);
  };

  /** What a case that failed left under way must not be why the next one fails. @returns whether it left something */
  const giveUp = async (): Promise<boolean> => {
    const { actionId } = (await api.machineState(id)).controls[0] ?? {};
    if (!actionId || !['Pending', 'InProgress'].includes((await api.action(actionId)).status)) return false;
    await api.cancel(actionId, 'Given up');
    return true;
  };

  const given: CrashWorld['given'] = async (mode) => {
    const leftover = await giveUp();
    const present = (await api.machineState(id)).controls[0]?.mode ?? 'unmanaged';
    if (!leftover && (present === 'restricted') === (mode === 'restricted')) return;
    await agent.start();
    const action = await api[mode === 'restricted' ? 'restrict' : 'unrestrict'](id, { comment: 'First' });
    await api.waitFor(action.id, { timeout: WAIT });
    await assertConverged(mode, action.id);
  };

  return {
    server,
    device,
    control,
    given,
    orderAndDie,
    assertConverged,
    async completes({ order, step }) {
      const mode = modeOf(order);
      const action = await orderAndDie({ order, step });
      const known = (await api.action(action.id)).status;
      assert.equal(known, KNOWN[step] ?? 'InProgress');
      if (known === 'Succeeded') await assertInForce(mode);
      await agent.start();
      await api.waitFor(action.id, { timeout: WAIT });
      await assertEnded(api, action.id, 'Succeeded');
      await assertConverged(mode, action.id);
    },
    async [Symbol.asyncDispose]() {
      await device[Symbol.asyncDispose]();
      await close();
    },
  };
}
