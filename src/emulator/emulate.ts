import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OPERATIONS } from '../contract/operations.ts';
import type { EmulateOptions } from '../contract/run-options.ts';
import { EMULATOR } from '../contract/well-known.ts';
import { createLogger } from '../server/logger.ts';
import { aborted, readTls } from '../server/serve.ts';
import { type RunningServer, SYSTEM_TIME, startServer } from '../server/server.ts';
import { hashOfEnrolmentToken } from '../service/devices/enrolment.ts';
import type { Store } from '../store/port.ts';
import { openMemoryStore, openSqliteStore } from '../store/sqlite/index.ts';
import { selfSigned } from './certificate.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { defaultFleet, type PlannedMachine, readFleet } from './fleet-plan.ts';
import { isLoopback, namesLoopback } from './hosts.ts';
import { resetRoute } from './reset.ts';
import { seed } from './seed.ts';
import { simulatedMachineId } from './simulated-facts.ts';

/** A running emulator. */
export interface RunningEmulator {
  readonly server: RunningServer;
  /** Machines of the fleet. */
  readonly machines: readonly PlannedMachine[];
  /** PEM file to trust, null unless the certificate is self-signed. */
  readonly certificateFile: string | null;
  close(): Promise<void>;
}

const PENDING_TIMEOUT = 3 * 24 * 3_600_000;
const PROGRESS_TIMEOUT = 3_600_000;
const SWEEP_EVERY = 200;
const FIRST_SEEN_AGO = 7 * 24 * 3_600_000;
const DATABASE_FILE = 'emulator.db';

/** `cordon emulate`: runs until the signal aborts. */
export async function emulate(options: EmulateOptions, signal: AbortSignal): Promise<void> {
  const emulator = await startEmulator(options);
  process.stderr.write(welcome(options, emulator));
  await aborted(signal);
  await emulator.close();
}

/** Starts a server with the well-known credentials and a simulated fleet. @throws Error with the remedy */
export async function startEmulator(options: EmulateOptions): Promise<RunningEmulator> {
  requireSafe(options);
  const logger = createLogger(options.logLevel);
  const machines = options.fleetFile === null ? defaultFleet() : await readFleet(options.fleetFile);
  const byName = new Map(machines.map((machine) => [machine.name, machine]));
  if (options.data !== null) await mkdir(options.data, { recursive: true, mode: 0o700 });
  const scratch =
    options.data === null && options.tls === 'self-signed'
      ? await mkdtemp(join(tmpdir(), 'cordon-emulator-'))
      : null;
  const store = await openMarkedStore(options);
  const certificate =
    options.tls === 'self-signed'
      ? await selfSigned(options.data ?? scratch!, hostsOf(options), new Date())
      : null;
  const secret = options.secret ?? EMULATOR.secret;
  const fleetDirectory = options.data === null ? null : join(options.data, 'fleet');
  let fleet: Fleet | null = null;

  const server = await startServer({
    store,
    logger,
    listen: options.listen,
    publicUrl: options.publicUrl,
    tls: certificate ?? (options.tls === 'self-signed' ? null : await readTls(options.tls)),
    trustProxy: [],
    rateLimit: options.rateLimit,
    external: [],
    timeouts: ({ computerDnsName }) => {
      const own = byName.get(computerDnsName ?? '')?.timeout ?? null;
      return { pending: own ?? PENDING_TIMEOUT, progress: own ?? PROGRESS_TIMEOUT };
    },
    sweepEvery: SWEEP_EVERY,
    passwordGrant: true,
    acceptsDriver: (driver) => driver === 'simulated',
    newMachineId: simulatedMachineId,
    enrolledMillisecondsAgo: FIRST_SEEN_AGO,
    allowsHost: options.allowRemote ? null : namesLoopback,
    time: SYSTEM_TIME,
    extend: (app, parts) => resetRoute(app, OPERATIONS.createApplication.requirement, parts, reset),
  });

  const start = async (): Promise<void> => {
    if ((await store.tenants()).length === 0) await seed(server, secret);
    fleet = await startFleet({
      machines,
      serverUrl: server.localUrl,
      ca: certificate?.cert ?? null,
      token: await fleetToken(server, machines.length),
      directory: fleetDirectory,
      delay: options.delay,
      log: logger,
    });
    await tagMachines(store, machines);
  };

  async function reset(): Promise<number> {
    await fleet?.stop();
    await store.clear();
    if (fleetDirectory !== null) await rm(fleetDirectory, { recursive: true, force: true });
    server.services.quota.reset();
    server.services.access.forget();
    server.services.verifier.clear();
    await start();
    return machines.length;
  }

  await start();
  return {
    server,
    machines,
    certificateFile: certificate?.path ?? null,
    async close() {
      await fleet?.stop();
      await server.close();
      await store[Symbol.asyncDispose]();
      if (scratch !== null) await rm(scratch, { recursive: true, force: true });
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

/** A store that an emulator made is marked for ever; one without the mark may hold real machines and is refused. */
async function openMarkedStore(options: EmulateOptions): Promise<Store> {
  const store =
    options.data === null
      ? await openMemoryStore()
      : await openSqliteStore({ path: join(options.data, DATABASE_FILE), pid: process.pid });
  if ((await store.setting('emulator')) === null && (await store.tenants()).length > 0) {
    await store[Symbol.asyncDispose]();
    throw new Error(`${options.data} was not made by an emulator. Give "cordon emulate" an empty directory.`);
  }
  await store.settle('emulator', 'yes');
  if (options.reset) {
    await store.clear();
    if (options.data !== null) await rm(join(options.data, 'fleet'), { recursive: true, force: true });
  }
  return store;
}

async function fleetToken({ store, clock }: RunningServer, uses: number): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await store.createEnrolmentToken({
    tenantId: EMULATOR.tenant,
    id: randomUUID(),
    hash: hashOfEnrolmentToken(token),
    groupId: null,
    machineId: null,
    usesLeft: uses,
    expiresAt: '9999-12-31T23:59:59.0000000Z',
    createdAt: clock.now(),
    createdBy: 'emulator',
    revokedAt: null,
  });
  return token;
}

async function tagMachines(store: Store, machines: readonly PlannedMachine[]): Promise<void> {
  for (const { name, tags } of machines) {
    for (const tag of tags) await store.changeTag(EMULATOR.tenant, simulatedMachineId(name), tag, 'add');
  }
}

function hostsOf(options: EmulateOptions): string[] {
  return options.publicUrl === null ? [] : [new URL(options.publicUrl).hostname];
}

/** What a playbook developer needs to go on, printed once. */
function welcome(options: EmulateOptions, { server, machines, certificateFile }: RunningEmulator): string {
  const url = server.publicUrl();
  const lines = [
    `Cordon emulates ${machines.length} machines at ${url}${options.data === null ? ' (everything in memory)' : ''}`,
    `  token     POST ${url}/${EMULATOR.tenant}/oauth2/v2.0/token`,
    `  client    ${EMULATOR.clientId} (all permissions), ${EMULATOR.readerClientId} (read only)`,
    `  users     ${EMULATOR.responder}, ${EMULATOR.viewer} (password grant)`,
    `  secret    ${options.secret === null ? EMULATOR.secret : 'the one given by --secret'}`,
    ...(certificateFile === null ? [] : [`  trust     ${certificateFile}`]),
    '  try       cordon machines --emulator',
    '',
  ];
  return lines.join('\n');
}
