/** Simulated devices that run the real agent's loop, all in this process, and can be asked what is in force on them. */
import { type Clock, systemClock } from '../../../src/agent/clock.ts';
import { createSimulatedDriver } from '../../../src/agent/drivers/simulated.ts';
import { enrol } from '../../../src/agent/enrol.ts';
import type { AgentError } from '../../../src/agent/error.ts';
import { newKeyPair } from '../../../src/agent/jws.ts';
import { createMemoryLedger } from '../../../src/agent/ledger.ts';
import { type Agent, createAgent } from '../../../src/agent/loop.ts';
import type { LedgerState } from '../../../src/agent/state.ts';
import type { Transport } from '../../../src/agent/transport.ts';
import { deviceFacts } from '../device.ts';
import { until } from '../processes.ts';
import { type DeviceWeather, weatheredTransport } from './device-transport.ts';
import type { ControlRecord, DeviceRecord } from './history.ts';

export interface Fleet {
  readonly machineIds: readonly string[];
  /** What the devices know now. */
  records(): Promise<readonly DeviceRecord[]>;
  /** True when the device has carried out the control's newest order and has nothing more to say. */
  settled(control: ControlRecord): boolean;
  stop(): Promise<void>;
}

export interface FleetOptions {
  readonly devices: number;
  readonly weather: DeviceWeather;
  readonly random: () => number;
  /** A token with a use for each, and some more: an enrolment that nobody heard of has used one too. */
  readonly token: string;
}

/** Every so many-th device fails each order and undoes what it did. */
const FAILING_EVERY = 6;
/** A device's time runs so many times as fast as the servers', so that what waits for its back-off waits less. */
const HASTE = 20;
const HASTY: Clock = {
  now: () => systemClock.now() * HASTE,
  after: (milliseconds, act) => systemClock.after(milliseconds / HASTE, act),
};
/** Milliseconds that a device takes at most. */
const SLOWEST = 120;

interface Member {
  readonly agent: Agent;
  readonly machineId: string;
  record(): Promise<DeviceRecord>;
}

/** Enrols the devices and lets them run. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const transports: Transport[] = [];
  const stopped = new AbortController();
  const members = await Promise.all(
    Array.from({ length: options.devices }, (_, index) =>
      member(options, index, (one) => transports.push(one)),
    ),
  );
  const running = members.map(({ agent }) => agent.run(stopped.signal));
  const byId = new Map(members.map((one) => [one.machineId, one]));
  return {
    machineIds: [...byId.keys()],
    records: () => Promise.all(members.map((one) => one.record())),
    settled: ({ machineId, generation }) => {
      const state = byId.get(machineId)?.agent.state();
      const entry = state?.controls[0];
      return (
        entry?.desired.generation === generation && entry.phase === 'done' && state?.reports.length === 0
      );
    },
    async stop() {
      stopped.abort();
      await Promise.all(running);
      for (const transport of transports) transport.close();
    },
  };
}

async function member(
  { weather, random, token }: FleetOptions,
  index: number,
  opened: (transport: Transport) => void,
): Promise<Member> {
  const transport = weatheredTransport(weather, random, opened);
  const { privateKey, publicKey } = newKeyPair();
  const facts = deviceFacts(`ws-${index}.cordon.test`);
  const signal = AbortSignal.timeout(60_000);
  const join = () => enrol({ transport, token, publicKey, facts, replaces: null, signal });
  // No fault has struck yet, but a busy machine may keep a database from answering in time.
  const { machineId, serverKey } = await until('a device is enrolled', () =>
    join().catch((error: AgentError) => {
      if (!error.retryAfterSeconds) throw error;
      return null;
    }),
  );
  const failing = index % FAILING_EVERY === FAILING_EVERY - 1;
  const driver = createSimulatedDriver({
    delayMs: Math.floor(random() * SLOWEST),
    behaviour: failing ? 'failing' : 'normal',
  });
  const undone = new Set<number>();
  const memory = createMemoryLedger();
  const ledger: typeof memory = {
    state: memory.state,
    async update(change) {
      await memory.update(change);
      for (const generation of undoneIn(memory.state())) undone.add(generation);
    },
  };
  const agent = createAgent({
    identity: { machineId, privateKey, serverKey },
    ledger,
    drivers: [driver],
    transport,
    clock: HASTY,
    random,
    waitSeconds: 5,
    driftSeconds: null,
  });
  return {
    agent,
    machineId,
    record: async () => ({ machineId, mode: (await driver.observe()).mode, undone: [...undone] }),
  };
}

function undoneIn({ reports }: LedgerState): number[] {
  return reports.filter(({ undone }) => undone).map(({ generation }) => generation);
}
