/** What the tests of the agent share: a driver and a clock to steer, and an agent beside a puppet server. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Clock } from '../../src/agent/clock.ts';
import type { Applied, Driver, Observation, Verification } from '../../src/agent/drivers/driver.ts';
import { createSimulatedDriver } from '../../src/agent/drivers/simulated.ts';
import { newKeyPair } from '../../src/agent/jws.ts';
import { createMemoryLedger, type Ledger } from '../../src/agent/ledger.ts';
import { type Agent, type AgentParts, createAgent } from '../../src/agent/loop.ts';
import { createTransport } from '../../src/agent/transport.ts';
import type { Uptime } from '../../src/agent/uptime.ts';
import type { Mode, WantedMode } from '../../src/contract/device.ts';
import { atEnd } from '../kit/at-end.ts';
import { type DeviceServer, startDeviceServer } from '../kit/device-server.ts';

/** A clock that stands until it is moved. */
export interface ManualClock extends Clock {
  /** Lets time pass and calls what is due. */
  advance(milliseconds: number): void;
  /** Resolves when a wait of `milliseconds` has been asked for and has not been called or taken back. */
  asked(fits: (milliseconds: number) => boolean): Promise<number>;
  /** Every wait that was ever asked for. */
  readonly waits: readonly number[];
}

export function createManualClock(): ManualClock {
  let time = 0;
  const timers = new Set<{ at: number; milliseconds: number; callback: () => void }>();
  const waits: number[] = [];
  const listeners = new Set<() => void>();
  return {
    now: () => time,
    waits,
    after(milliseconds, callback) {
      const timer = { at: time + milliseconds, milliseconds, callback };
      timers.add(timer);
      waits.push(milliseconds);
      for (const listener of listeners) listener();
      return () => timers.delete(timer);
    },
    advance(milliseconds) {
      time += milliseconds;
      for (const timer of [...timers].sort((one, other) => one.at - other.at)) {
        if (timer.at <= time && timers.delete(timer)) timer.callback();
      }
    },
    asked(fits) {
      return new Promise((resolve) => {
        const look = () => {
          const timer = [...timers].find(({ milliseconds }) => fits(milliseconds));
          if (timer === undefined) return;
          listeners.delete(look);
          resolve(timer.milliseconds);
        };
        listeners.add(look);
        look();
      });
    },
  };
}

/** The uptime of a device that can be rebooted; it counts with a clock. */
export interface ManualUptime {
  (): Uptime;
  /** Switches the device off and on: what it has been up begins anew. */
  reboot(): void;
}

export function createManualUptime(clock: Clock): ManualUptime {
  let boots = 1;
  let since = clock.now();
  const uptime = () => ({ boot: `boot ${boots}`, milliseconds: clock.now() - since });
  return Object.assign(uptime, {
    reboot() {
      boots += 1;
      since = clock.now();
    },
  });
}

/** A driver that notes its calls; what it answers is replaced by assignment. */
export interface StubDriver extends Driver {
  readonly calls: string[];
  mode: Mode;
  intact: boolean;
  onApply: (mode: WantedMode) => Promise<Applied>;
  onVerify: (mode: WantedMode) => Promise<Verification>;
  onUndo: () => Promise<boolean>;
}

export const APPLIED: Applied = { ok: true, changed: true, took: { apply: 1 }, notes: [] };

export function verification(
  proven: boolean,
  reason: string | null = proven ? null : 'the canary ran',
): Verification {
  const checks = [
    { name: 'canary', expected: 'refused', observed: proven ? 'refused' : 'ran', passed: proven },
  ];
  return {
    proven,
    reason,
    evidence: { driver: 'stub', driverVersion: '1', checks, took: { verify: 2 }, notes: [] },
  };
}

export function createStubDriver(): StubDriver {
  const calls: string[] = [];
  let applied: Mode = 'unmanaged';
  const stub: StubDriver = {
    name: 'stub',
    control: 'codeExecution',
    calls,
    get mode() {
      return applied;
    },
    set mode(mode) {
      applied = mode;
    },
    intact: true,
    onApply: async () => APPLIED,
    onVerify: async () => verification(true),
    onUndo: async () => true,
    version: async () => '1',
    observe: async (): Promise<Observation> => {
      calls.push('observe');
      return {
        mode: applied,
        intact: stub.intact,
        detail: stub.intact ? 'as it should be' : 'the rules were edited',
      };
    },
    apply: async (mode) => {
      calls.push(`apply ${mode}`);
      const result = await stub.onApply(mode);
      if (result.ok) applied = mode;
      return result;
    },
    verify: async (mode) => {
      calls.push(`verify ${mode}`);
      return stub.onVerify(mode);
    },
    undo: async () => {
      calls.push('undo');
      const undone = await stub.onUndo();
      if (undone) applied = 'unmanaged';
      return undone;
    },
  };
  return stub;
}

/** An agent beside a puppet server; both end with the test. */
export interface World {
  readonly server: DeviceServer;
  readonly ledger: Ledger;
  readonly log: { level: string; event: string; fields: Record<string, unknown> }[];
  readonly agent: Agent;
  /** The run; rejects when a fault switch ended it. */
  readonly running: Promise<void>;
  /** Stops the agent and waits until it has. */
  stop(): Promise<void>;
  /** The same device started anew, after `stop` or a crash. */
  restart(parts?: Partial<AgentParts>): World;
  /** Resolves with the first event of the log, past or to come, that has this name. */
  logged(event: string): Promise<Record<string, unknown>>;
}

export async function startWorld(context: TestContext, parts: Partial<AgentParts> = {}): Promise<World> {
  const server = await startDeviceServer();
  atEnd(context, () => server.close());
  const { privateKey, publicKey } = newKeyPair();
  server.trust(publicKey);
  const identity = { machineId: server.machineId, privateKey, serverKey: server.serverKey };
  return startAgent(context, server, {
    identity,
    ledger: createMemoryLedger(),
    drivers: [createSimulatedDriver()],
    driftSeconds: null,
    random: () => 0,
    ...parts,
  });
}

type Needed = Partial<AgentParts> & Pick<AgentParts, 'identity' | 'ledger' | 'drivers'>;

function startAgent(context: TestContext, server: DeviceServer, parts: Needed): World {
  const log: World['log'] = [];
  const listeners = new Set<() => void>();
  const transport = createTransport({ serverUrl: server.url });
  const stopping = new AbortController();
  const agent = createAgent({
    transport,
    log: (level, event, fields = {}) => {
      log.push({ level, event, fields });
      for (const listener of listeners) listener();
    },
    ...parts,
  });
  const running = agent.run(stopping.signal);
  running.catch(() => undefined);
  const stop = async () => {
    stopping.abort();
    await running.catch(() => undefined);
    transport.close();
  };
  atEnd(context, stop);
  return {
    server,
    ledger: parts.ledger,
    log,
    agent,
    running,
    stop,
    restart: (changes = {}) => startAgent(context, server, { ...parts, ...changes }),
    logged: (event) =>
      new Promise((resolve) => {
        const look = () => {
          const line = log.find((candidate) => candidate.event === event);
          if (line === undefined) return;
          listeners.delete(look);
          resolve(line.fields);
        };
        listeners.add(look);
        look();
      }),
  };
}

/** A directory that ends with the test. */
export async function temporaryDirectory(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'cordon-agent-'));
  atEnd(context, () => rm(directory, { recursive: true, force: true }));
  return directory;
}
