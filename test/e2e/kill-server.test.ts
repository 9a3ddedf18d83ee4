/** `kill -9` of the server between any two steps of an action: what was accepted ends once, and truly. */
import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import type { WantedMode } from '../../src/contract/control.ts';
import type { ActionStatus } from '../../src/contract/machine-action.ts';
import { all, type Client, ClientError, client } from '../../src/sdk/index.ts';
import { type AgentProcess, agentHere, enrolAgentProcess } from '../kit/agent-process.ts';
import { atEnd } from '../kit/at-end.ts';
import { assertEnded } from '../kit/ended-action.ts';
import { whyNoWorld } from '../kit/fapolicyd-world.ts';
import { type Gate, openGate, type Passage } from '../kit/gate.ts';
import { enrolGuardedDevice } from '../kit/guarded-device.ts';
import { until } from '../kit/processes.ts';
import { readAdministrator, type ServerProcess, startServerProcess } from '../kit/server-process.ts';

/** Where between request and end the server dies, and what it must know of the action when it is back. */
interface Stop {
  readonly name: string;
  readonly at: 'message' | 'answer' | 'passed';
  readonly fits: (passage: Passage, mode: WantedMode) => boolean;
  readonly knows: ActionStatus;
}

const reports = (kind: string) => (passage: Passage) =>
  passage.message?.reports.some((report) => report.kind === kind) === true;
const answered = (kind: string) => (passage: Passage) => passage.answer !== null && reports(kind)(passage);
const orders = ({ answer }: Passage, mode: WantedMode) =>
  answer?.desired.some((desired) => desired.mode === mode && desired.status === 'active') === true;

const STOPS: readonly Stop[] = [
  { name: 'after the 201, before the device has the order', at: 'answer', fits: orders, knows: 'Pending' },
  { name: 'when the device has the order', at: 'passed', fits: orders, knows: 'Pending' },
  { name: 'before it has the acceptance', at: 'message', fits: reports('accepted'), knows: 'Pending' },
  {
    name: 'after it stored the acceptance, before the device knows',
    at: 'answer',
    fits: answered('accepted'),
    knows: 'InProgress',
  },
  { name: 'while the device applies', at: 'passed', fits: answered('accepted'), knows: 'InProgress' },
  { name: 'before it has the outcome', at: 'message', fits: reports('outcome'), knows: 'InProgress' },
  {
    name: 'after it stored the outcome, before the device knows',
    at: 'answer',
    fits: answered('outcome'),
    knows: 'Succeeded',
  },
];
/** Those at which the device has begun: before that a real one is no other than a simulated one. */
const BEGUN = STOPS.slice(-3);
const ORDERS = [
  ['restrict', 'restricted'],
  ['unrestrict', 'unrestricted'],
] as const;

/** A device that can be asked what is in force on it. */
interface Device extends AsyncDisposable {
  readonly agent: AgentProcess;
  assertMode(mode: WantedMode): Promise<void>;
}

type Enrol = (enrolment: { url: string; token: string }) => Promise<Device>;

const enrolSimulated: Enrol = async (enrolment) => {
  const agent = await enrolAgentProcess(agentHere(), { ...enrolment, driver: 'simulated' });
  return {
    agent,
    async assertMode(mode) {
      const [control] = (await agent.status()).controls;
      assert.deepEqual([control?.wanted, control?.observed, control?.proven], [mode, mode, true]);
    },
    [Symbol.asyncDispose]: () => agent[Symbol.asyncDispose](),
  };
};
const enrolReal: Enrol = async (enrolment) => {
  const device = await enrolGuardedDevice(enrolment);
  const assertMode = (mode: WantedMode) =>
    mode === 'restricted' ? device.assertRefused() : device.assertOwners();
  return { agent: device.agent, assertMode, [Symbol.asyncDispose]: () => device[Symbol.asyncDispose]() };
};

/** A server, a gate in front of it, and a device behind the gate. */
function setUp(enrol: Enrol) {
  const parts = {} as { server: ServerProcess; gate: Gate; device: Device; api: Client; id: string };
  before(async () => {
    parts.server = await startServerProcess();
    parts.api = parts.server.api;
    parts.gate = await openGate(parts.server.url);
    parts.device = await enrol({ url: parts.gate.url, token: await parts.server.enrolmentToken() });
    parts.id = parts.device.agent.machineId;
    await parts.device.agent.start();
  });
  after(async () => {
    await parts.device?.[Symbol.asyncDispose]();
    await parts.gate?.[Symbol.asyncDispose]();
    await parts.server?.[Symbol.asyncDispose]();
  });
  return parts;
}

async function assertProven({ api, id, device }: ReturnType<typeof setUp>, action: string, mode: WantedMode) {
  const [control] = (await api.machineState(id)).controls;
  assert.deepEqual(
    [control?.mode, control?.assurance, control?.observedMode, control?.actionId],
    [mode, 'proven', mode, action],
  );
  await device.assertMode(mode);
}

function killedAtEach(stops: readonly Stop[], parts: ReturnType<typeof setUp>): void {
  for (const stop of stops)
    for (const [order, mode] of ORDERS)
      test(`${order}, killed ${stop.name}`, async () => {
        const { server, gate, device, api, id } = parts;
        const accepted = Promise.withResolvers<void>();
        const kill = async () => {
          await accepted.promise;
          gate.shut(true);
          await server.kill();
        };
        const fits = (passage: Passage) => stop.fits(passage, mode);
        const killed = stop.at === 'passed' ? gate.passed(fits, kill) : gate.lose(stop.at, fits, kill);
        const action = await api[order](id, { comment: 'The server is killed' });
        accepted.resolve();
        await killed;

        await server.start();
        const { status } = await api.action(action.id);
        const [known] = (await device.agent.status()).controls;
        gate.shut(false);
        assert.equal(status, stop.knows);
        const begun = known?.action === action.id && known.phase !== 'seen';
        assert.ok(
          status !== 'Pending' || !begun,
          'what is Pending at the server has not begun on the device',
        );
        await api.waitFor(action.id, { timeout: 60_000 });
        await assertEnded(api, action.id, 'Succeeded');
        await assertProven(parts, action.id, mode);
        await until('the device has said everything', async () => {
          const { reportsWaiting, controls } = await device.agent.status();
          return reportsWaiting === 0 && controls[0]?.phase === 'done';
        });
      });
}

describe('the server killed, a simulated device', { timeout: 600_000 }, () => {
  const parts = setUp(enrolSimulated);
  killedAtEach(STOPS, parts);

  test('a request whose 201 was lost is made again with its key, and there is one action', async () => {
    const { server, gate, api, id } = parts;
    const throughGate = client({ url: gate.url, credentials: await readAdministrator(server.data) });
    const known = await all(api.actionsOf(id));
    const lost = gate.lose(
      'answer',
      ({ path }) => path.endsWith('/restrictCodeExecution'),
      async () => {
        await server.kill();
        await server.start();
      },
    );
    const action = await throughGate.restrict(id, { comment: 'Twice', idempotencyKey: 'lost-201' });
    await lost;
    await api.waitFor(action.id, { timeout: 60_000 });
    await assertEnded(api, action.id, 'Succeeded');
    assert.equal((await all(api.actionsOf(id))).length, known.length + 1);
    await assertProven(parts, action.id, 'restricted');
  });

  test('a request whose 201 was lost, without a key: the action is there, and a second one is refused', async () => {
    const { server, gate, api, id } = parts;
    // A client that tries once makes no key of its own.
    const credentials = await readAdministrator(server.data);
    const throughGate = client({ url: gate.url, credentials, retry: { attempts: 1 } });
    await parts.device.agent.stop();
    const lost = gate.lose(
      'answer',
      ({ path }) => path.endsWith('/unrestrictCodeExecution'),
      async () => {
        await server.kill();
        await server.start();
      },
    );
    await assert.rejects(throughGate.unrestrict(id, { comment: 'Lost' }), ClientError);
    await lost;
    await assert.rejects(api.unrestrict(id, { comment: 'Again' }), { code: 'ActiveRequestAlreadyExists' });
    const [action] = await all(api.actionsOf(id));
    assert.deepEqual([action?.requestorComment, action?.status], ['Lost', 'Pending']);
    await parts.device.agent.start();
    await api.waitFor(action!.id, { timeout: 60_000 });
    await assertEnded(api, action!.id, 'Succeeded');
  });

  test('a cancellation that the device has not heard of when the server dies holds, and the device goes back', async () => {
    const { server, gate, api, id } = parts;
    const first = await api.unrestrict(id, { comment: 'To go back to' });
    await api.waitFor(first.id, { timeout: 60_000 });
    // The device applies, and its outcome does not come through.
    const shut = gate.lose('message', reports('outcome'), async () => gate.shut(true));
    const action = await api.restrict(id, { comment: 'To be cancelled' });
    await shut;
    await api.cancel(action.id, 'It was the wrong machine');
    await server.kill();
    await server.start();
    assert.equal((await api.action(action.id)).status, 'Cancelled');
    gate.shut(false);
    await until('the device converges', async () => {
      const [control] = (await api.machineState(id)).controls;
      return control?.assurance === 'proven';
    });
    await assertEnded(api, action.id, 'Cancelled');
    await assertProven(parts, first.id, 'unrestricted');
  });

  test('killed at any moment, again and again, each accepted action ends once', async () => {
    const { server, gate, api, id } = parts;
    for (const [round, milliseconds] of [3, 40, 11, 90, 25, 7].entries()) {
      const [order, mode] = ORDERS[round % 2]!;
      const action = await api[order](id, { comment: `Round ${round}` });
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      gate.shut(true);
      await server.kill();
      await server.start();
      gate.shut(false);
      await api.waitFor(action.id, { timeout: 60_000 });
      await assertEnded(api, action.id, 'Succeeded');
      await assertProven(parts, action.id, mode);
    }
  });
});

describe('the server killed, a device that is away', { timeout: 60_000 }, () => {
  test('a deadline that passes while the server is down is kept when it is back, and nothing was changed', async (context) => {
    const server = await startServerProcess(['--pending-timeout', '1s']);
    atEnd(context, () => server[Symbol.asyncDispose]());
    const token = await server.enrolmentToken();
    const device = await enrolSimulated({ url: server.url, token });
    atEnd(context, () => device[Symbol.asyncDispose]());
    const { api } = server;
    const action = await api.restrict(device.agent.machineId, { comment: 'Nobody is there' });
    await server.kill();
    await server.start();
    await api.waitFor(action.id, { timeout: 30_000 });
    const history = await assertEnded(api, action.id, 'TimeOut');
    assert.equal(history.length, 2);
    const [control] = (await api.machineState(device.agent.machineId)).controls;
    assert.equal(control?.mode, 'unmanaged');
  });
});

describe('the server killed, a device with fapolicyd', {
  skip: whyNoWorld() ?? false,
  timeout: 400_000,
}, () => {
  killedAtEach(BEGUN, setUp(enrolReal));
});
