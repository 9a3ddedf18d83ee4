/** `kill -9` of the agent in the middle of an order, with the real daemon. Every step: `npm run enforcement:crashes`. */
import assert from 'node:assert/strict';
import test, { after, afterEach, before, describe } from 'node:test';
import type { Mode } from '../../src/contract/control.ts';
import type { Client } from '../../src/sdk/index.ts';
import {
  type CrashOrder,
  type CrashStep,
  type CrashWorld,
  createCrashWorld,
  stepsOf,
} from '../kit/crash-matrix.ts';
import { assertEnded } from '../kit/ended-action.ts';
import { whyNoWorld } from '../kit/fapolicyd-world.ts';
import type { GuardedDevice } from '../kit/guarded-device.ts';
import { until } from '../kit/processes.ts';
import type { ServerProcess } from '../kit/server-process.ts';

/** Of each part of an order the step at which most is half done. */
const SOME: readonly { restrict: CrashStep; unrestrict: CrashStep }[] = [
  { restrict: 'intent-recorded', unrestrict: 'seen' },
  { restrict: 'configuration-written', unrestrict: 'enforcer-stopped' },
  { restrict: 'restriction-confirmed', unrestrict: 'release-recorded' },
  { restrict: 'outcome-recorded', unrestrict: 'reported' },
];

test('the steps to be killed at are those of agent and driver, in their order', () => {
  for (const order of ['restrict', 'unrestrict'] as const) {
    const steps = stepsOf(order);
    assert.equal(new Set(steps).size, steps.length);
    assert.deepEqual([steps[0], steps.at(-1)], ['seen', 'reported']);
    for (const chosen of SOME) assert.ok(steps.includes(chosen[order]), chosen[order]);
  }
  const restricting = stepsOf('restrict');
  const inOrder = ['restriction-intended', 'dead-man-armed', 'enforcer-switched', 'verified'] as const;
  const then = ['restriction-confirmed', 'enabled-at-boot', 'dead-man-disarmed', 'outcome-recorded'] as const;
  const places = [...inOrder, ...then].map((step) => restricting.indexOf(step));
  assert.deepEqual(
    places,
    [...places].sort((one, other) => one - other),
  );
});

describe('the agent killed, a device with fapolicyd', {
  skip: whyNoWorld() ?? false,
  timeout: 600_000,
}, () => {
  let crashes: CrashWorld;
  let server: ServerProcess;
  let device: GuardedDevice;
  let api: Client;

  before(async () => {
    crashes = await createCrashWorld();
    ({ server, device } = crashes);
    api = server.api;
  });
  after(() => crashes?.[Symbol.asyncDispose]());

  // What one test leaves must not be in the way of the next, also when it failed.
  afterEach(() => device.agent.kill());

  const control = () => crashes.control();
  const given = (mode: 'restricted' | 'unrestricted') => crashes.given(mode);
  const assertConverged = (mode: Mode, actionId: string) => crashes.assertConverged(mode, actionId);
  const orderAndDie = (order: CrashOrder, step: CrashStep) => crashes.orderAndDie({ order, step });

  const restart = async (...words: string[]) => {
    await server.stop();
    await server.start(words);
  };

  for (const { restrict, unrestrict } of SOME) {
    test(`restrict, killed at ${restrict}; then release, killed at ${unrestrict}`, async () => {
      await crashes.completes({ order: 'restrict', step: restrict });
      await crashes.completes({ order: 'unrestrict', step: unrestrict });
    });
  }

  /** Cancels while the agent is dead. */
  const cancelled = async (order: CrashOrder, step: CrashStep, back: Mode) => {
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
