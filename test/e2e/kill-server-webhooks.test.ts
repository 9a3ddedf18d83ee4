/** `kill -9` of the server while it tells a receiver that misbehaves: every transition arrives, in order per action. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { ClientError } from '../../src/sdk/index.ts';
import { createPuppetDevice, deviceFacts } from '../kit/device.ts';
import { firstArrivals, type Receiver, startReceiver } from '../kit/receiver.ts';
import { type ServerProcess, startServerProcess } from '../kit/server-process.ts';

const MACHINES = 6;

/** Restricts or cancels on all machines at once; those that the server did not live to answer are left out. */
async function onAll<T>(
  machines: readonly T[],
  ask: (machine: T) => Promise<{ id: string }>,
): Promise<string[]> {
  const asked = await Promise.allSettled(machines.map(ask));
  return asked.flatMap((one) => {
    if (one.status === 'fulfilled') return [one.value.id];
    assert.ok(one.reason instanceof ClientError, String(one.reason));
    return [];
  });
}

async function enrolled(server: ServerProcess): Promise<string[]> {
  const token = (await server.api.enrolmentTokens.create({ uses: MACHINES })).token;
  const machines: string[] = [];
  for (let number = 1; number <= MACHINES; number += 1) {
    const device = createPuppetDevice({ serverUrl: server.url });
    await device.enrol({ token, facts: deviceFacts(`ws-00${number}.cordon.test`) });
    machines.push(device.machineId);
  }
  return machines;
}

/** Every transition that the server knows, as its history has it. */
async function transitions(server: ServerProcess): Promise<Map<string, number[]>> {
  const known = new Map<string, number[]>();
  for await (const record of server.api.records())
    known.set(
      record.id,
      record.history.map(({ revision }) => revision),
    );
  return known;
}

const sorted = (arrivals: Map<string, number[]>) =>
  [...arrivals].toSorted(([one], [other]) => (one < other ? -1 : 1));

async function assertAllTold(server: ServerProcess, receiver: Receiver): Promise<void> {
  const known = sorted(await transitions(server));
  const told = () => JSON.stringify(sorted(firstArrivals(receiver.received))) === JSON.stringify(known);
  await receiver.until(told);
  const bodies = Map.groupBy(receiver.received, ({ message }) => message.id);
  for (const [id, times] of bodies) assert.equal(new Set(times.map(({ body }) => body)).size, 1, id);
  assert.deepEqual(
    receiver.received.filter(({ fault }) => fault !== null),
    [],
  );
}

test('a receiver that fails, hangs and comes back is told everything, in order, across kill -9', {
  timeout: 120_000,
}, async () => {
  await using server = await startServerProcess(['--webhook-allow', '127.0.0.0/8']);
  await using receiver = await startReceiver();
  const machines = await enrolled(server);
  const webhook = await server.api.webhooks.create({ name: 'soar', url: receiver.url });
  receiver.secret = webhook.secret;

  // One of each fault, and one that holds its call until the server is gone.
  const faults = [204, 500, 'reset', 'hang'] as const;
  receiver.answer = () => faults[receiver.received.length] ?? 204;
  const restricted = await onAll(machines, (id) => server.api.restrict(id, { comment: 'Contain' }));
  assert.equal(restricted.length, MACHINES);
  await receiver.until((received) => received.some(({ answered }) => answered === 'hang'));
  await server.kill();
  await server.start();

  // Killed with requests under way, and deliveries of what was answered just before.
  const cancelled = await onAll(restricted, (id) => server.api.cancel(id, 'Never mind'));
  assert.equal(cancelled.length, MACHINES);
  const seen = receiver.received.length;
  const again = onAll(machines, (id) => server.api.restrict(id, { comment: 'Again' }));
  await receiver.until((received) => received.length > seen);
  await server.kill();
  await again;
  await server.start();

  await assertAllTold(server, receiver);
  const log = await server.api.webhooks.deliveries(webhook.id, { state: 'failed' }).next();
  assert.equal(log.done, true, 'nothing was given up');
  assert.equal((await server.stop()).status, 0);
});
