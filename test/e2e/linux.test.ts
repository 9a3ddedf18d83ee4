/** The whole path with the real enforcer: a call, the server, the exchange, the agent, fapolicyd, and the proof back. */
import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import { CANARY_CASES } from '../../src/agent/canary/cases.ts';
import type { Mode, WantedMode } from '../../src/contract/control.ts';
import type { WireMachineAction } from '../../src/contract/machine-action.ts';
import type { Client } from '../../src/sdk/index.ts';
import { atEnd } from '../kit/at-end.ts';
import { assertEnded } from '../kit/ended-action.ts';
import { whyNoWorld } from '../kit/fapolicyd-world.ts';
import { enrolGuardedDevice, type GuardedDevice } from '../kit/guarded-device.ts';
import { until } from '../kit/processes.ts';
import { type ServerProcess, startServerProcess } from '../kit/server-process.ts';

/** Statuses that a caller sees who looks again and again. */
async function statusesOf(api: Client, { id }: WireMachineAction): Promise<string[]> {
  const seen: string[] = [];
  await api.waitFor(id, { onChange: ({ status }) => seen.push(status), timeout: 60_000 });
  return seen;
}

describe('a device with fapolicyd, end to end', { skip: whyNoWorld() ?? false, timeout: 300_000 }, () => {
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

  const control = async () => {
    const { controls } = await api.machineState(id);
    assert.equal(controls.length, 1);
    return controls[0]!;
  };

  /** Brings the device there, unless it is there. */
  const given = async (mode: WantedMode) => {
    if (!device.agent.isRunning()) await device.agent.start();
    if ((await api.machineState(id)).controls[0]?.mode === mode) return;
    const action = await api[mode === 'restricted' ? 'restrict' : 'unrestrict'](id, { comment: 'First' });
    assert.equal((await statusesOf(api, action)).at(-1), 'Succeeded');
  };

  /** Cancels an order that the device has begun, and waits until the device is back where it was. */
  const cancelInProgress = async (order: 'restrict' | 'unrestrict', from: Mode) => {
    const before = await control();
    assert.equal(before.mode, from);
    const action = await api[order](id, { comment: 'To be cancelled' });
    await until('the device begins', async () => (await api.action(action.id)).status === 'InProgress');
    const { status, cancellationComment } = await api.cancel(action.id, 'It was the wrong machine');
    assert.deepEqual([status, cancellationComment], ['Cancelled', 'It was the wrong machine']);
    const now = await until('the device converges', async () => {
      const state = await control();
      return state.assurance === before.assurance && state;
    });
    assert.deepEqual([now.mode, now.observedMode, now.actionId], [from, from, before.actionId]);
    assert.ok(now.generation > before.generation);
    await assertEnded(api, action.id, 'Cancelled');
  };

  test('an enrolled device is unmanaged, and nothing on it is touched', async () => {
    const pending = await api.restrict(id, { comment: 'Before its agent runs' });
    assert.equal(pending.status, 'Pending');
    await device.assertOwners();
    assert.equal((await api.cancel(pending.id, 'It was only looked at')).status, 'Cancelled');
    await device.agent.start();
    await until('the device converges', async () => (await control()).assurance === 'unmanaged');
    await assertEnded(api, pending.id, 'Cancelled');
    await device.assertOwners();
    const { drivers, computerDnsName } = await api.machineState(id);
    assert.notEqual(computerDnsName, '');
    assert.deepEqual(
      drivers.map(({ driver }) => driver),
      ['fapolicyd'],
    );
    assert.match(drivers[0]?.version ?? '', /^\d+\.\d+/);
  });

  test('a person who cancels the first restriction while it is carried out gets back what the owner had', async () => {
    await cancelInProgress('restrict', 'unmanaged');
    await device.assertOwners();
  });

  test('restrict: an untrusted program is refused to root and to others, and the proof is in the history', async () => {
    if (!device.agent.isRunning()) await device.agent.start();
    const action = await api.restrict(id, { comment: 'Suspicious process tree', externalId: 'ticket-8841' });
    assert.deepEqual([action.type, action.status], ['RestrictCodeExecution', 'Pending']);
    const seen = await statusesOf(api, action);
    assert.ok(['Pending,InProgress,Succeeded', 'InProgress,Succeeded'].includes(seen.join()), seen.join());
    await device.assertRefused();

    const history = await assertEnded(api, action.id, 'Succeeded');
    assert.deepEqual(
      history.map(({ status, cause }) => [status, cause]),
      [
        ['Pending', 'requested'],
        ['InProgress', 'accepted by the device'],
        ['Succeeded', 'proven on the device'],
      ],
    );
    assert.deepEqual(
      history.slice(1).map(({ actor }) => [actor.kind, actor.id]),
      [
        ['device', id],
        ['device', id],
      ],
    );
    const { evidence } = history.at(-1)!;
    const version = (await api.machineState(id)).drivers[0]!.version;
    assert.deepEqual([evidence?.driver, evidence?.driverVersion], ['fapolicyd', version]);
    const observed = Object.fromEntries(evidence!.checks.map((check) => [check.name, check.observed]));
    assert.equal(observed['enforcer with our configuration'], 'in force');
    assert.equal(observed['untrusted program as another user'], 'refused (EPERM, the enforcer)');
    assert.equal(observed['untrusted program as root'], 'refused (EPERM, the enforcer)');
    assert.equal(observed['trusted program as another user'], 'ran');
    for (const { name } of CANARY_CASES) assert.ok(name in observed, name);
    assert.equal(observed.server, 'reached');
    for (const step of [
      'baseline-recorded',
      'dead-man-armed',
      'enforcer-switched',
      'restriction-recorded',
      'canary',
      'verify',
      'server',
      'restriction-confirmed',
      'dead-man-disarmed',
    ])
      assert.ok(Number.isInteger(evidence?.took[step]), step);
    for (const limit of [/agent’s word/, /Containers/, /interpreter/, /running before/])
      assert.ok(
        evidence?.notes.some((note) => limit.test(note)),
        String(limit),
      );

    const { mode, assurance, observedMode, actionId, generation } = await control();
    assert.deepEqual(
      { mode, assurance, observedMode, actionId },
      { mode: 'restricted', assurance: 'proven', observedMode: 'restricted', actionId: action.id },
    );
    const status = await device.agent.status();
    assert.deepEqual(
      status.controls.map(({ observed, proven, generation: known }) => [observed, proven, known]),
      [['restricted', true, generation]],
    );
  });

  test('an enforcer that was killed is drift: it is put back, and the history says so', async () => {
    await given('restricted');
    const { actionId, generation } = await control();
    await device.world.killDaemon();
    const history = await until('the repair is reported', async () => {
      const events = await api.history(actionId!);
      return events.at(-1)?.cause === 'drift repaired' && events;
    });
    assert.match(history.at(-2)!.cause, /^drifted: .*does not run/);
    await device.assertRefused();
    await assertEnded(api, actionId!, 'Succeeded');
    const now = await control();
    assert.deepEqual([now.assurance, now.generation], ['proven', generation]);
  });

  test('release: it runs again, and everything is as the owner had it', async () => {
    await given('restricted');
    const action = await api.unrestrict(id, { comment: 'Cleaned and validated' });
    assert.equal((await statusesOf(api, action)).at(-1), 'Succeeded');
    await device.assertOwners();
    const { evidence } = (await assertEnded(api, action.id, 'Succeeded')).at(-1)!;
    const [first, ...tried] = evidence!.checks.map(({ observed }) => observed);
    assert.equal(first, 'restored');
    assert.deepEqual([...new Set(tried)], ['ran']);
    const { mode, assurance, observedMode } = await control();
    assert.deepEqual([mode, assurance, observedMode], ['unrestricted', 'proven', 'unrestricted']);
  });

  test('releasing what is released is accepted, proves itself, and changes nothing', async () => {
    await given('unrestricted');
    const action = await api.unrestrict(id, { comment: 'To be sure' });
    assert.equal((await statusesOf(api, action)).at(-1), 'Succeeded');
    const { evidence } = (await assertEnded(api, action.id, 'Succeeded')).at(-1)!;
    assert.ok(evidence!.checks.length > 0);
    assert.equal(evidence!.took['enforcer-stopped'], undefined, 'no enforcer was stopped');
    await device.assertOwners();
  });

  test('a person who cancels a restriction while it is carried out gets back unrestricted', async () => {
    await given('unrestricted');
    await cancelInProgress('restrict', 'unrestricted');
    await device.assertOwners();
  });

  test('a person who cancels a release while it is carried out gets back restricted', async () => {
    await given('restricted');
    await cancelInProgress('unrestrict', 'restricted');
    await device.assertRefused();
  });

  test('an agent that stops leaves the restriction in force; while it is away an order waits', async () => {
    await given('restricted');
    assert.deepEqual(await device.agent.stop(), { status: 0, signal: null });
    await device.assertRefused();
    const action = await api.unrestrict(id, { comment: 'While it is away' });
    assert.equal((await api.action(action.id)).status, 'Pending');
    await device.assertRefused();
    await device.agent.start();
    assert.equal((await statusesOf(api, action)).at(-1), 'Succeeded');
    await assertEnded(api, action.id, 'Succeeded');
    await device.assertOwners();
  });
});

describe('a device that only observes', { skip: whyNoWorld() ?? false, timeout: 120_000 }, () => {
  test('says what it would do, changes nothing, and its actions fail', async (context) => {
    const server = await startServerProcess();
    atEnd(context, () => server[Symbol.asyncDispose]());
    const token = await server.enrolmentToken();
    const device = await enrolGuardedDevice({ url: server.url, token, driver: 'observe' });
    atEnd(context, () => device[Symbol.asyncDispose]());
    const { api } = server;
    const id = device.agent.machineId;
    await device.agent.start();
    for (const order of ['restrict', 'unrestrict'] as const) {
      const action = await api[order](id, { comment: 'A trial' });
      const seen = await statusesOf(api, action);
      assert.equal(seen.at(-1), 'Failed');
      assert.ok(!seen.includes('Succeeded'));
      const { cause, evidence } = (await assertEnded(api, action.id, 'Failed')).at(-1)!;
      assert.match(cause, /only observes/);
      assert.equal(evidence?.driver, 'observe');
      assert.ok(evidence?.notes.some((note) => note.startsWith('fapolicyd would ')));
      await device.assertOwners();
      const { controls } = await api.machineState(id);
      assert.notEqual(controls[0]?.assurance, 'proven');
    }
  });
});
