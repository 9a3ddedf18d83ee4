/** The agent itself through a rotation of the server's key, with a real server on the other side. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { createSimulatedDriver } from '../../src/agent/drivers/simulated.ts';
import { enrol } from '../../src/agent/enrol.ts';
import { readIdentity, type StoredIdentity, writeIdentity } from '../../src/agent/identity.ts';
import { newKeyPair } from '../../src/agent/jws.ts';
import { createMemoryLedger } from '../../src/agent/ledger.ts';
import { type AgentParts, createAgent } from '../../src/agent/loop.ts';
import { createTransport, type Transport } from '../../src/agent/transport.ts';
import type { WireServerKey } from '../../src/contract/cordon.ts';
import { atEnd } from '../kit/at-end.ts';
import { deviceFacts } from '../kit/device.ts';
import { succeeded } from '../kit/reply.ts';
import { startWorld, type World } from '../kit/world.ts';
import { temporaryDirectory } from './kit.ts';

const PATH = '/cordon/v1/serverkeys';
const rotate = async (world: World) =>
  succeeded<WireServerKey>(await world.call('POST', PATH, { body: {} }), 201);
const keysOf = async (world: World) => succeeded<{ value: WireServerKey[] }>(await world.get(PATH)).value;

/** A transport that goes to whichever server is named at the moment. */
function switched(address: { url: string }): Transport {
  const transports = new Map<string, Transport>();
  const of = (serverUrl: string) => {
    const known = transports.get(serverUrl) ?? createTransport({ serverUrl });
    transports.set(serverUrl, known);
    return known;
  };
  return {
    post: (request) => of(address.url).post(request),
    renew: () => of(address.url).renew(),
    close: () => {
      for (const transport of transports.values()) transport.close();
    },
  };
}

/** An enrolled agent that keeps its identity in a directory, and can be started anew from it. */
async function startAgent(context: TestContext, world: World, parts: Partial<AgentParts> = {}) {
  const directory = await temporaryDirectory(context);
  const address = { url: world.url };
  const transport = switched(address);
  const key = newKeyPair();
  const answer = await enrol({
    transport,
    token: await world.enrolmentToken(),
    publicKey: key.publicKey,
    facts: deviceFacts('ws-agent.cordon.test'),
    replaces: null,
    signal: AbortSignal.timeout(10_000),
  });
  const { machineId, tenantId, serverKey, epoch } = answer;
  const enrolled: StoredIdentity = {
    version: 1,
    machineId,
    tenantId,
    serverUrl: world.url,
    serverKey,
    privateKey: key.privateKey,
    caFile: null,
    insecureHttp: false,
    driver: 'simulated',
    epoch,
  };
  await writeIdentity(directory, enrolled);
  const ledger = createMemoryLedger();
  const driver = createSimulatedDriver();
  const identity = async () => (await readIdentity(directory)) ?? enrolled;
  const keep = async (next: string) => writeIdentity(directory, { ...(await identity()), serverKey: next });

  const run = async (changes: Partial<AgentParts> = {}) => {
    const stopping = new AbortController();
    const events: string[] = [];
    const agent = createAgent({
      identity: await identity(),
      ledger,
      drivers: [driver],
      transport,
      random: () => 0,
      waitSeconds: 1,
      driftSeconds: null,
      onServerKey: keep,
      log: (_level, event, fields) => void events.push(`${event} ${JSON.stringify(fields)}`),
      ...parts,
      ...changes,
    });
    const running = agent.run(stopping.signal);
    running.catch(() => undefined);
    const stop = async () => {
      stopping.abort();
      await running.catch(() => undefined);
    };
    return { stop, events };
  };
  atEnd(context, () => transport.close());
  const pinned = async () => (await identity()).serverKey;
  return { machineId, address, run, keep, pinned };
}

const succeeds = (world: World, id: string) =>
  world.until(async () => (await world.action(id)).status === 'Succeeded');

test('an agent moves to the new key, keeps it, and carries out orders before, between and after', async (context) => {
  await using world = await startWorld();
  const agent = await startAgent(context, world);
  const life = await agent.run();
  try {
    await succeeds(world, (await world.restrict(agent.machineId)).id);
    for (let round = 0; round < 3; round += 1) {
      const made = await rotate(world);
      const action = await (round % 2 === 0 ? world.unrestrict : world.restrict)(agent.machineId);
      await succeeds(world, action.id);
      await world.until(async () => (await agent.pinned()) === made.publicKey);
    }
    await world.until(async () => (await keysOf(world))[0]?.machines === 1);
    assert.ok(!life.events.some((event) => event.startsWith('exchange failed')), life.events.join('\n'));
  } finally {
    await life.stop();
  }
});

test('an agent that cannot keep the new key stays with the old one, obeys, and moves when it can', async (context) => {
  await using world = await startWorld();
  let full = true;
  const agent = await startAgent(context, world);
  const old = await agent.pinned();
  const life = await agent.run({
    onServerKey: async (key) => {
      if (full) throw new Error('disk full');
      await agent.keep(key);
    },
  });
  try {
    await rotate(world);
    await world.until(async () => life.events.some((event) => /exchange failed.*disk full/.test(event)));
    assert.equal(await agent.pinned(), old);
    full = false;
    await succeeds(world, (await world.restrict(agent.machineId)).id);
    assert.notEqual(await agent.pinned(), old);
  } finally {
    await life.stop();
  }
});

test('an agent that dies right after it kept the new key begins with that', async (context) => {
  await using world = await startWorld();
  const agent = await startAgent(context, world);
  let kept: () => void = () => undefined;
  const written = new Promise<void>((resolve) => {
    kept = resolve;
  });
  // The promise that never ends stands for a process that is not there any more.
  await agent.run({
    onServerKey: async (key) => {
      await agent.keep(key);
      kept();
      await new Promise(() => undefined);
    },
  });
  const made = await rotate(world);
  await written;
  const second = await agent.run();
  try {
    assert.equal(await agent.pinned(), made.publicKey);
    await succeeds(world, (await world.restrict(agent.machineId)).id);
    assert.ok(!second.events.some((event) => event.startsWith('exchange failed')), second.events.join('\n'));
  } finally {
    await second.stop();
  }
});

test('an agent that pinned the new key is believed by a server that was started after, and by one that was there before', async (context) => {
  await using world = await startWorld();
  const before = await world.another();
  const agent = await startAgent(context, world);
  const life = await agent.run();
  try {
    const made = await rotate(world);
    await world.until(async () => (await agent.pinned()) === made.publicKey);
    for (const { localUrl } of [before, await world.another()]) {
      agent.address.url = localUrl;
      await rotate(world);
      await succeeds(world, (await world.restrict(agent.machineId)).id);
      await succeeds(world, (await world.unrestrict(agent.machineId)).id);
    }
    assert.ok(!life.events.some((event) => event.startsWith('exchange failed')), life.events.join('\n'));
  } finally {
    await life.stop();
  }
});
