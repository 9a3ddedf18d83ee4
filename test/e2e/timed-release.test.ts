/** A restriction that ends by itself, with the real server and the real agent, while they do not reach each other. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { createSimulatedDriver } from '../../src/agent/drivers/simulated.ts';
import { AgentError } from '../../src/agent/error.ts';
import { newKeyPair } from '../../src/agent/jws.ts';
import { createMemoryLedger } from '../../src/agent/ledger.ts';
import { createAgent } from '../../src/agent/loop.ts';
import { createTransport } from '../../src/agent/transport.ts';
import { DEVICE_PROTOCOL, type EnrolAnswer } from '../../src/contract/device.ts';
import { createManualClock, createManualUptime } from '../agent/kit.ts';
import { deviceFacts } from '../kit/device.ts';
import { MINUTE, newest, state } from '../kit/timed-release.ts';
import { startWorld, type World } from '../kit/world.ts';

/** The agent of a new machine, whose way to the server can be cut. */
async function enrolled(world: World) {
  const key = newKeyPair();
  const transport = createTransport({ serverUrl: world.url });
  const answer = await transport.post({
    path: '/cordon/v1/device/enrol',
    contentType: 'application/json',
    body: JSON.stringify({
      protocol: DEVICE_PROTOCOL,
      token: await world.enrolmentToken(),
      publicKey: key.publicKey,
      facts: deviceFacts('ws-001.cordon.test'),
    }),
    timeout: 10_000,
    signal: AbortSignal.timeout(10_000),
  });
  const { machineId, serverKey, nonce } = JSON.parse(answer.body) as EnrolAnswer;
  const clock = createManualClock();
  let cut = new AbortController();
  const agent = createAgent({
    identity: { machineId, serverKey, privateKey: key.privateKey },
    nonce,
    ledger: createMemoryLedger(),
    drivers: [createSimulatedDriver()],
    driftSeconds: null,
    random: () => 0,
    clock,
    uptime: createManualUptime(clock),
    transport: {
      ...transport,
      post: (request) => {
        if (cut.signal.aborted) return Promise.reject(new AgentError('unreachable', 'The way is cut.'));
        return transport.post({ ...request, signal: AbortSignal.any([request.signal, cut.signal]) });
      },
    },
  });
  const stopping = new AbortController();
  const running = agent.run(stopping.signal);
  return {
    machineId,
    clock,
    agent,
    cut: () => cut.abort(),
    mend: () => {
      cut = new AbortController();
    },
    async stop() {
      stopping.abort();
      await running;
      transport.close();
    },
  };
}

test('both keep the time while they do not reach each other, and meet on one proven release', async () => {
  await using world = await startWorld();
  const device = await enrolled(world);
  const action = await world.restrictFor(device.machineId, 'PT10M');
  await world.until(async () => (await world.action(action.id)).status === 'Succeeded');
  device.cut();
  for (let minute = 0; minute < 11; minute += 1) {
    world.time.step(MINUTE);
    await device.clock.asked((milliseconds) => milliseconds <= MINUTE);
    device.clock.advance(MINUTE);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const own = await world.until(
    async () => device.agent.state().controls.find(({ proven, released }) => proven && released) ?? null,
  );
  assert.deepEqual([own.observed, own.desired.generation], ['unrestricted', 1]);
  const release = await world.until(async () => {
    const appended = await newest(world);
    return appended.id !== action.id && appended;
  });
  assert.deepEqual([release.requestor, release.status], [`timed release of ${action.id}`, 'Pending']);
  device.mend();
  await world.until(async () => {
    device.clock.advance(MINUTE);
    return (await world.action(release.id)).status === 'Succeeded';
  });
  const history = await world.history(release.id);
  assert.deepEqual(
    history.map(({ status, actor }) => [status, actor.kind]),
    [
      ['Pending', 'server'],
      ['InProgress', 'device'],
      ['Succeeded', 'device'],
    ],
  );
  assert.ok((history.at(-1)?.evidence?.checks.length ?? 0) > 0);
  const { mode, assurance } = await world.until(async () => {
    device.clock.advance(MINUTE);
    const control = await state(world, device);
    return control.assurance === 'proven' && control;
  });
  assert.deepEqual([mode, assurance], ['unrestricted', 'proven']);
  await device.stop();
});
