import { randomBytes, randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { deviceChannel } from '../channel/devices.ts';
import type { ListenAddress, RunRateLimit, WebhookAllowance } from '../contract/run-options.ts';
import type { Instant } from '../contract/time.ts';
import { actionIdOf } from '../domain/action-id.ts';
import { buildApp } from '../http/app.ts';
import { descriptionRoutes } from '../http/description/routes.ts';
import { createUnderWay } from '../http/load/under-way.ts';
import { wireMachineAction } from '../http/representation/machine-action.ts';
import type { Services } from '../http/services.ts';
import { tokenRoutes } from '../http/token/routes.ts';
import { createAccess } from '../service/access.ts';
import { createActions, type Timeouts } from '../service/actions.ts';
import { announcingStore } from '../service/changes/announcing.ts';
import { createChanges } from '../service/changes/changes.ts';
import { createFeed } from '../service/changes/feed.ts';
import { shareChanges } from '../service/changes/share.ts';
import { type Clock, clockOf } from '../service/clock.ts';
import { createDelivery } from '../service/devices/delivery.ts';
import { openDeviceKeys } from '../service/devices/device-keys.ts';
import { createEnrolments } from '../service/devices/enrolment.ts';
import { openExchangeSecrets } from '../service/devices/exchange-secrets.ts';
import { createNonces } from '../service/devices/nonces.ts';
import { createPresence } from '../service/devices/presence.ts';
import { createWatch, NO_WATCH } from '../service/devices/watch.ts';
import { createEnrolmentTokens } from '../service/enrolment-tokens.ts';
import { createGroups } from '../service/groups.ts';
import { createHints } from '../service/hints.ts';
import { createMachines } from '../service/machines.ts';
import { type Neighbours, shareHints } from '../service/neighbours.ts';
import { createQuota } from '../service/quota.ts';
import { createRetention } from '../service/retention.ts';
import { createRoles } from '../service/roles.ts';
import { createServerKeys } from '../service/server-keys.ts';
import type { ConsoleProvider } from '../service/sessions/open-id-connect.ts';
import { createSharedQuota } from '../service/shared-quota.ts';
import { createSteadyClock } from '../service/steady-clock.ts';
import { createSweeper } from '../service/sweeper.ts';
import { createTimedReleases } from '../service/timed-releases.ts';
import { createApplications } from '../service/tokens/applications.ts';
import { createDiscovery } from '../service/tokens/discovery.ts';
import { createFailures, FAILURE_LIMIT } from '../service/tokens/failures.ts';
import { createTokenService } from '../service/tokens/grants.ts';
import { createIssuer } from '../service/tokens/issue.ts';
import { createTokenKeys } from '../service/tokens/keys.ts';
import { createPasswords } from '../service/tokens/passwords.ts';
import type { TokenSource } from '../service/tokens/source.ts';
import { createVerifier } from '../service/tokens/verify.ts';
import { createWebhooks } from '../service/webhooks.ts';
import type { Store } from '../store/port.ts';
import { addressPolicy } from '../webhook/addresses.ts';
import { createDispatcher } from '../webhook/dispatcher.ts';
import { createSend } from '../webhook/send.ts';
import { webhookSecret } from '../webhook/signature.ts';
import { startChores } from './chores.ts';
import { createConsole } from './console.ts';
import { drain, stop } from './drain.ts';
import { healthRoutes } from './health.ts';
import { connectInside } from './inside.ts';
import type { Metrics } from './metrics/metrics.ts';
import { observedStore, observedTokens } from './metrics/observed.ts';

/** What makes one server different from another. */
export interface ServerOptions {
  readonly store: Store;
  readonly logger: Logger;
  readonly listen: ListenAddress;
  /** Null takes the address that is listened on. */
  readonly publicUrl: string | null;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** Tells browsers to use https only, for all ports of the host; not for an emulator on localhost. */
  readonly strictTransport: boolean;
  readonly trustProxy: readonly string[];
  /** Where webhooks may be sent besides the public network. */
  readonly webhookAllow: readonly WebhookAllowance[];
  readonly rateLimit: RunRateLimit | null;
  readonly external: readonly TokenSource[];
  readonly timeouts: (machine: { computerDnsName: string | null }) => Timeouts;
  /** Connections open at a time, 20,000 when left out; more are closed unheard. */
  readonly maxConnections?: number;
  /** Milliseconds for which an action is kept after its end; left out or null, all are kept. */
  readonly retainActions?: number | null;
  /** Counts what happens. */
  readonly metrics?: Metrics | null;
  /** Milliseconds between two sweeps, and between two looks for what webhooks are to be told. */
  readonly sweepEvery: number;
  /** Milliseconds after which the key that devices pin gets its successor by itself; null leaves it to operators. */
  readonly serverKeyAge: number | null;
  readonly passwordGrant: boolean;
  /** Where people sign in to the console; left out or null, a one-time link lets the local administrator in. */
  readonly consoleProvider?: ConsoleProvider | null;
  /** Where the built console lies; its usual place when left out. */
  readonly consoleFolder?: string;
  /** Tenant that the API's description names in the address of the token endpoint; left out, a placeholder stands there. */
  readonly tokenTenant?: string;
  readonly acceptsDriver: (driver: string) => boolean;
  readonly newMachineId: (dnsName: string) => string;
  /** 0, or how long ago the machines of a simulated fleet were first seen. */
  readonly enrolledMillisecondsAgo: number;
  readonly allowsHost: ((host: string | undefined) => boolean) | null;
  /** Where time comes from; a test steps it by hand. */
  readonly time: TimeSource;
  /** Other processes on the same store; without them only the store tells what they write. */
  readonly neighbours?: Neighbours;
  /** Milliseconds between the end of readiness and the end of listening; 0 when left out. */
  readonly drainMilliseconds?: number;
  /** Adds hooks that every call passes before all others, those of the token endpoints and of devices included. */
  readonly hooks?: (app: FastifyInstance) => void;
  /** Counts calls in the store, where the windows of limits follow the wall clock; the memory's follow what never jumps. */
  readonly countsInStore?: boolean;
  /** Adds further addresses and prepares the store, before the server listens. */
  readonly prepare?: (app: FastifyInstance, server: ServerParts) => Promise<void>;
  /** False while calls should wait; `/readyz` says so. */
  readonly ready?: () => boolean;
}

/** Milliseconds since 1970 by the wall clock, and milliseconds that never jump. */
export interface TimeSource {
  readonly wall: () => number;
  readonly monotonic: () => number;
  /** Compares the wall clock with the one that it is taken from. */
  readonly measure?: () => Promise<void>;
}

export const SYSTEM_TIME: TimeSource = { wall: Date.now, monotonic: () => performance.now() };

/** The parts that a composition above this one needs. */
export interface ServerParts {
  readonly store: Store;
  readonly services: Services;
  readonly clock: Clock;
  readonly publicUrl: () => string;
}

export interface RunningServer extends ServerParts {
  /** Address that is listened on, with the port taken. */
  readonly localUrl: string;
  /** A connection for plain HTTP from within this process, which takes no open file. */
  connect(): Duplex;
  /** Does at once what has become due: time-outs, timed releases, the upkeep of keys. For who lets time pass by leaps. */
  catchUp(): Promise<void>;
  /** Ends readiness, sends devices on; after the pause stops listening and lets calls under way finish. The store stays open. */
  close(): Promise<void>;
}

const PAGE_SIZE = 10_000;
/** Twice the devices that one process is made for. */
export const MOST_CONNECTIONS = 20_000;
const KEYS_EVERY = 60_000;
/** Milliseconds between two portions of old actions: 250 actions a second at most. */
const RETENTION_EVERY = 100;
/** Milliseconds within which a waiting device hears of what another process wrote, should every hint be lost. */
const LOOK_EVERY = 5000;
const CLOCK_EVERY = 5000;
const CALLS_EVERY = 60_000;
const SESSIONS_EVERY = 60_000;
const DELETED_WEBHOOKS_EVERY = 1000;

/** Puts all rooms together and listens. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { logger, metrics = null } = options;
  const localChanges = createChanges();
  const { neighbours } = options;
  const changes = neighbours === undefined ? localChanges : shareChanges(localChanges, neighbours);
  const counted = metrics === null ? options.store : observedStore(options.store, metrics);
  const store = announcingStore(counted, changes);
  const [draining, stopping] = [new AbortController(), new AbortController()];
  const clock = clockOf(options.time.wall);
  const steadyClock = createSteadyClock(options.time.wall, options.time.monotonic, (jump) =>
    logger.warn(
      { milliseconds: Math.round(jump) },
      'the wall clock jumped; nothing times out and no token is issued until it holds',
    ),
  );
  let localUrl = '';
  const publicUrl = () => options.publicUrl ?? localUrl;
  const bytes = (size: number) => randomBytes(size);

  const tokenKeys = createTokenKeys({ store, milliseconds: clock.milliseconds });
  await tokenKeys.maintain();
  const verifier = createVerifier({
    publicUrl,
    keys: tokenKeys,
    accessStore: store,
    external: options.external,
    milliseconds: clock.milliseconds,
  });
  const issuer = createIssuer({ publicUrl, keys: tokenKeys, milliseconds: steadyClock.milliseconds, bytes });
  const failures = createFailures(options.rateLimit === null ? null : FAILURE_LIMIT, options.time.monotonic);
  const passwords = options.passwordGrant ? createPasswords({ store, failures }) : null;
  const tokenService = createTokenService({
    store,
    issuer,
    publicUrl,
    milliseconds: steadyClock.milliseconds,
    passwords,
    failures,
  });
  const tokens = metrics === null ? tokenService : observedTokens(tokenService, metrics);
  const discovery = createDiscovery({
    store,
    keys: tokenKeys,
    publicUrl,
    passwordGrant: options.passwordGrant,
  });

  const local = createHints();
  const hints = neighbours === undefined ? local : shareHints(local, neighbours);
  const watch = store.exclusive ? NO_WATCH : createWatch(store, local);
  const limit = options.rateLimit ?? 'off';
  const sharedQuota =
    store.exclusive && options.countsInStore !== true
      ? null
      : createSharedQuota({ limit, store, milliseconds: clock.milliseconds });
  const presence = createPresence({ store, changes, milliseconds: clock.milliseconds, log: logger });
  const access = createAccess(store, clock.milliseconds);
  const shared = { store, clock, hints, log: logger, newId: randomUUID, timeouts: options.timeouts };
  // Ids that grow with time also keep the indexes of a million actions appending instead of scattering.
  const newActionId = (createdAt: Instant) => actionIdOf(createdAt, randomUUID());
  const releases = createTimedReleases({ ...shared, newActionId, skipped: steadyClock.skipped });
  const machines = createMachines(shared);
  const deviceKeys = await openDeviceKeys({ ...shared, age: options.serverKeyAge });
  const groups = createGroups({ ...shared, changed: access.forget });
  const targets = addressPolicy(options.webhookAllow);
  const dispatcher = createDispatcher({
    ...shared,
    chance: Math.random,
    publicUrl,
    represent: wireMachineAction,
    send: createSend(targets),
    counted: (outcome) => metrics?.count('cordon_webhook_attempts_total', { outcome }),
  });
  const webhooks = createWebhooks({
    ...shared,
    newSecret: () => webhookSecret(bytes),
    refusal: targets.refusal,
    test: dispatcher.test,
    wake: dispatcher.wake,
  });
  const people = createConsole({
    ...shared,
    publicUrl,
    bytes,
    access,
    passwords,
    failures,
    provider: options.consoleProvider ?? null,
    folder: options.consoleFolder,
  });
  const feed = createFeed({
    changes: localChanges,
    store,
    forgetAccess: access.forget,
    milliseconds: options.time.monotonic,
    log: logger,
  });
  const services: Services = {
    actions: createActions({ ...shared, newActionId }),
    machines,
    applications: createApplications({ ...shared, bytes, changed: verifier.applicationChanged }),
    roles: createRoles({ ...shared, changed: access.forget }),
    groups,
    enrolmentTokens: createEnrolmentTokens({
      ...shared,
      groups,
      newToken: () => bytes(32).toString('base64url'),
    }),
    serverKeys: createServerKeys({ store, keys: deviceKeys, log: logger }),
    webhooks,
    access,
    quota: sharedQuota ?? createQuota({ limit, milliseconds: options.time.monotonic }),
    verifier,
    consoleLinks: people.links,
    sessionGate: people.gate,
    feed,
  };
  const secrets = await openExchangeSecrets({ ...shared, random: bytes });
  const nonces = createNonces({
    secret: secrets.nonceSecret,
    milliseconds: clock.milliseconds,
    random: bytes,
  });
  const devices = {
    ...shared,
    machines,
    keys: deviceKeys,
    epoch: secrets.epoch,
    nonces,
    watch,
    presence,
    releases,
    stopping: stopping.signal,
    elsewhere: (options.drainMilliseconds ?? 0) > 0,
  };
  const parts: ServerParts = { store, services, clock, publicUrl };

  const underWay = createUnderWay({ monotonic: options.time.monotonic, meter: metrics?.calls ?? null });
  const app = buildApp(
    services,
    {
      publicUrl,
      pageSize: PAGE_SIZE,
      strictTransport: options.strictTransport,
      log: logger,
    },
    {
      logger,
      tls: options.tls,
      trustProxy: options.trustProxy,
      allowsHost: options.allowsHost,
      maxConnections: options.maxConnections ?? MOST_CONNECTIONS,
      underWay,
      hooks: options.hooks,
    },
  );
  await app.register(tokenRoutes, {
    tokens,
    discovery,
    log: logger,
    newId: randomUUID,
    milliseconds: clock.milliseconds,
  });
  await app.register(deviceChannel, {
    delivery: createDelivery(devices),
    enrolments: createEnrolments({
      ...devices,
      newMachineId: options.newMachineId,
      enrolledMillisecondsAgo: options.enrolledMillisecondsAgo,
      accepts: options.acceptsDriver,
    }),
  });
  people.routes(app, feed);
  descriptionRoutes(app, { publicUrl, tenant: options.tokenTenant ?? null });
  healthRoutes(app, store, draining.signal, options.ready ?? (() => true));
  await options.prepare?.(app, parts);
  try {
    await app.listen({ host: options.listen.host, port: options.listen.port, backlog: MOST_CONNECTIONS });
  } catch (error) {
    await app.close();
    throw error;
  }
  localUrl = addressOf(app, options);

  store.onDeliveries(dispatcher.wake);
  const sweeper = createSweeper({ ...shared, steady: steadyClock.steady, presence, releases });
  const keep = options.retainActions ?? null;
  const retention =
    keep === null ? null : createRetention({ ...shared, clockHeldFor: steadyClock.heldFor, keep });
  metrics?.observe({
    store,
    clock,
    underWay,
    waitingDevices: hints.waiting,
    connections: () => connectionsOf(app),
  });
  app.server.on('drop', () => metrics?.count('cordon_connections_refused_total'));
  const { measure = null } = options.time;
  const chores = startChores(logger, metrics, {
    sweep: { every: options.sweepEvery, work: () => sweeper.sweep() },
    retention: retention === null ? null : { every: RETENTION_EVERY, work: () => retention.step() },
    tokenKeys: { every: KEYS_EVERY, work: () => tokenKeys.maintain() },
    deviceKeys: { every: KEYS_EVERY, work: () => deviceKeys.maintain() },
    missedHints: store.exclusive ? null : { every: LOOK_EVERY, work: () => watch.look() },
    oldSessions: { every: SESSIONS_EVERY, work: () => people.sessions.expire() },
    oldCounts: sharedQuota === null ? null : { every: CALLS_EVERY, work: () => sharedQuota.expire() },
    webhooks: { every: options.sweepEvery, work: () => dispatcher.turn() },
    deletedWebhooks: { every: DELETED_WEBHOOKS_EVERY, work: () => webhooks.purge() },
    clock: measure === null ? null : { every: CLOCK_EVERY, work: measure },
  });
  return {
    ...parts,
    localUrl,
    connect: () => connectInside(app.server, options.tls !== null),
    async catchUp() {
      await tokenKeys.maintain();
      await sweeper.sweep();
    },
    async close() {
      draining.abort();
      // A page that listened finds another process, or tries again.
      feed.stop();
      await drain(app, hints, options.drainMilliseconds ?? 0);
      stopping.abort();
      await Promise.all(chores.map((chore) => chore.stop()));
      const delivered = dispatcher.stop();
      await stop(app, hints);
      await delivered;
      await presence.flush();
    },
  };
}

function connectionsOf(app: FastifyInstance): Promise<number> {
  return new Promise((resolve, reject) =>
    app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  );
}

function addressOf(app: FastifyInstance, options: ServerOptions): string {
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.listen.port;
  const host = options.listen.host.includes(':') ? `[${options.listen.host}]` : options.listen.host;
  return `${options.tls === null ? 'http' : 'https'}://${host}:${port}`;
}
