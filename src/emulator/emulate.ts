import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLoopback } from '../contract/loopback.ts';
import type { EmulateOptions, WebhookAllowance } from '../contract/run-options.ts';
import { instantFrom } from '../contract/time.ts';
import { EMULATOR } from '../contract/well-known.ts';
import { isConsoleBuilt } from '../server/console.ts';
import { namesLoopback } from '../server/hosts.ts';
import { createLogger } from '../server/logger.ts';
import type { RunningServer, ServerParts } from '../server/options.ts';
import { aborted, readTls } from '../server/serve.ts';
import { startServer } from '../server/server.ts';
import type { Store } from '../server/stores.ts';
import { SYSTEM_TIME } from '../server/time-source.ts';
import { type Certificate, selfSigned } from './certificate.ts';
import { controlRoutes } from './control.ts';
import { faultHooks } from './faults/hooks.ts';
import { readRules } from './faults/read.ts';
import { createRuleBook, type GivenRules, NO_RULES } from './faults/rules.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { defaultFleet, type PlannedMachine, readFleet } from './fleet-plan.ts';
import { journalHooks } from './journal/hooks.ts';
import { createJournal } from './journal/journal.ts';
import { createLeapingTime } from './leaping-time.ts';
import { emptyStore, FLEET_FOLDER, openMarkedStore } from './marked-store.ts';
import { pageRoutes } from './page/page.ts';
import { seed } from './seed.ts';
import { simulatedMachineId } from './simulated-facts.ts';
import { progressTeller, welcome } from './welcome.ts';

/** A running emulator. */
export interface RunningEmulator {
  readonly server: RunningServer;
  /** Machines of the fleet. */
  readonly machines: readonly PlannedMachine[];
  close(): Promise<void>;
}

type Progress = (running: number, of: number) => void;

const PENDING_TIMEOUT = 3 * 24 * 3_600_000;
const PROGRESS_TIMEOUT = 3_600_000;
const SWEEP_EVERY = 200;
const FIRST_SEEN_AGO = 7 * 24 * 3_600_000;
/** Receivers of a playbook developer stand beside the emulator. */
const LOOPBACK: readonly WebhookAllowance[] = [
  { kind: 'range', address: '127.0.0.0', prefix: 8 },
  { kind: 'range', address: '::1', prefix: 128 },
];
/** Minutes that the fleet's enrolment token serves; the fleet uses it up at once. */
const TOKEN_MINUTES = 5;

/** `cordon emulate`: runs until the signal aborts. */
export async function emulate(options: EmulateOptions, signal: AbortSignal): Promise<void> {
  requireSafe(options);
  const signing = options.tls === 'self-signed';
  // Nothing else needs a directory, and one that is killed leaves its own behind.
  const scratch = signing && options.data === null ? await mkdtemp(join(tmpdir(), 'cordon-emulator-')) : null;
  const directory = options.data ?? scratch;
  try {
    if (directory !== null) await mkdir(directory, { recursive: true, mode: 0o700 });
    const certificate =
      signing && directory !== null ? await selfSigned(directory, hostsOf(options), new Date()) : null;
    const emulator = await startEmulator(
      options,
      certificate,
      progressTeller((line) => process.stderr.write(line)),
    );
    process.stderr.write(
      welcome({
        url: emulator.server.publicUrl(),
        machines: emulator.machines.length,
        inMemory: options.data === null,
        ownSecret: options.secret !== null,
        console: isConsoleBuilt(),
        certificateFile: certificate?.path ?? null,
      }),
    );
    await aborted(signal);
    await emulator.close();
  } finally {
    if (scratch !== null) await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * Starts a server with the well-known credentials and a simulated fleet.
 * @param told of the machines that run already, while the fleet starts
 * @throws Error with the remedy
 */
export async function startEmulator(
  options: EmulateOptions,
  certificate: Certificate | null = null,
  told: Progress = () => {},
): Promise<RunningEmulator> {
  const machines = options.fleetFile === null ? defaultFleet() : await readFleet(options.fleetFile);
  const rules = options.faultsFile === null ? NO_RULES : await readRules(options.faultsFile);
  const tls = certificate ?? (options.tls === 'self-signed' ? null : await readTls(options.tls));
  const store = await openMarkedStore(options.data, options.reset);
  try {
    return await assemble(options, machines, rules, tls, store, told);
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

async function assemble(
  options: EmulateOptions,
  machines: readonly PlannedMachine[],
  firstRules: GivenRules,
  tls: { cert: string; key: string } | null,
  store: Store,
  told: Progress,
): Promise<RunningEmulator> {
  const logger = createLogger(options.logLevel);
  const byName = new Map(machines.map((machine) => [machine.name, machine]));
  const secret = options.secret ?? EMULATOR.secret;
  const time = createLeapingTime(SYSTEM_TIME);
  const rules = createRuleBook(firstRules);
  const journal = createJournal();
  const closing = new AbortController();
  let fleet: Fleet | null = null;

  const server = await startServer({
    store,
    logger,
    listen: options.listen,
    publicUrl: options.publicUrl,
    tls,
    strictTransport: false,
    trustProxy: [],
    webhookAllow: [...LOOPBACK, ...options.webhookAllow],
    rateLimit: options.rateLimit,
    external: [],
    timeouts: ({ computerDnsName }) => {
      const own = byName.get(computerDnsName ?? '')?.timeout ?? null;
      return { pending: own ?? PENDING_TIMEOUT, progress: own ?? PROGRESS_TIMEOUT };
    },
    sweepEvery: SWEEP_EVERY,
    serverKeyAge: null,
    passwordGrant: true,
    tokenTenant: EMULATOR.tenant,
    acceptsDriver: (driver) => driver === 'simulated',
    newMachineId: simulatedMachineId,
    enrolledMillisecondsAgo: FIRST_SEEN_AGO,
    allowsHost: options.allowRemote ? null : namesLoopback,
    time,
    countsInStore: true,
    hooks(app) {
      const notes = journalHooks(app, journal, time.wall);
      faultHooks(app, { rules, fired: notes.fault, closing: closing.signal });
    },
    async prepare(app, parts) {
      pageRoutes(app, { publicUrl: parts.publicUrl, secret: secret === EMULATOR.secret ? secret : null });
      controlRoutes(app, parts, { rules, journal, time, advance, reset });
      await seedEmpty(parts, secret);
    },
    ready: () => fleet !== null,
  });

  const start = async (): Promise<Fleet> => {
    const started = await startFleet({
      machines,
      serverUrl: server.localUrl,
      connect: server.connect,
      token: await fleetToken(server, machines.length),
      directory: options.data === null ? null : join(options.data, FLEET_FOLDER),
      delay: options.delay,
      log: logger,
      told: (running) => told(running, machines.length),
    });
    await tagMachines(store, machines);
    return started;
  };

  /** Machines that are there have been seen all the while. */
  async function advance(milliseconds: number): Promise<void> {
    time.leap(milliseconds);
    const at = instantFrom(time.wall());
    const present = machines.filter(({ behaviour }) => behaviour.presence !== 'never');
    await store.touchMachines(
      present.map(({ name }) => ({
        tenantId: EMULATOR.tenant,
        machineId: simulatedMachineId(name),
        at,
        externalAddress: null,
      })),
    );
    await server.catchUp();
  }

  async function reset(): Promise<number> {
    await fleet?.stop();
    fleet = null;
    await emptyStore(store, options.data);
    time.goBack();
    rules.replace(firstRules);
    journal.clear();
    server.services.quota.reset();
    server.services.access.forget();
    server.services.verifier.clear();
    await seedEmpty(server, secret);
    fleet = await start();
    return machines.length;
  }

  try {
    fleet = await start();
  } catch (error) {
    await server.close();
    throw error;
  }
  return {
    server,
    machines,
    async close() {
      closing.abort();
      await fleet?.stop();
      await server.close();
      await store[Symbol.asyncDispose]();
    },
  };
}

/** The secret is public, so an emulator that others can reach needs one of its own, or the well-known one by name. */
function requireSafe(options: EmulateOptions): void {
  if (options.allowRemote || isLoopback(options.listen.host)) return;
  throw new Error(
    `An emulator listens on loopback only, since everybody knows its credentials. To listen on ${options.listen.host}, add --allow-remote with --secret SECRET or --well-known-secret.`,
  );
}

async function seedEmpty(parts: ServerParts, secret: string): Promise<void> {
  if ((await parts.store.tenants()).length === 0) await seed(parts, secret);
}

async function fleetToken({ services }: RunningServer, uses: number): Promise<string> {
  const emulator = {
    kind: 'application',
    tenantId: EMULATOR.tenant,
    id: EMULATOR.clientId,
    name: 'emulator',
    permissions: [],
  } as const;
  const created = await services.enrolmentTokens.create(
    { caller: emulator, visible: null },
    { uses, minutes: TOKEN_MINUTES },
  );
  return created.token;
}

async function tagMachines(store: Store, machines: readonly PlannedMachine[]): Promise<void> {
  for (const { name, tags } of machines) {
    for (const tag of tags) await store.changeTag(EMULATOR.tenant, simulatedMachineId(name), tag, 'add');
  }
}

function hostsOf(options: EmulateOptions): string[] {
  return options.publicUrl === null ? [] : [new URL(options.publicUrl).hostname];
}
