import { randomBytes, randomUUID, randomUUIDv7 } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { deviceChannel } from '../channel/devices.ts';
import type { ListenAddress, RunRateLimit } from '../contract/run-options.ts';
import { buildApp } from '../http/app.ts';
import type { Services } from '../http/services.ts';
import { tokenRoutes } from '../http/token/routes.ts';
import { createAccess } from '../service/access.ts';
import { createActions, type Timeouts } from '../service/actions.ts';
import { type Clock, clockOf } from '../service/clock.ts';
import { createDelivery } from '../service/devices/delivery.ts';
import { openDeviceKeys } from '../service/devices/device-keys.ts';
import { createEnrolments } from '../service/devices/enrolment.ts';
import { createNonces } from '../service/devices/nonces.ts';
import { createPresence } from '../service/devices/presence.ts';
import { createEnrolmentTokens } from '../service/enrolment-tokens.ts';
import { createGroups } from '../service/groups.ts';
import { createHints } from '../service/hints.ts';
import { createMachines } from '../service/machines.ts';
import { createQuota } from '../service/quota.ts';
import { createRoles } from '../service/roles.ts';
import { createSteadyClock } from '../service/steady-clock.ts';
import { createSweeper } from '../service/sweeper.ts';
import { createTimedReleases } from '../service/timed-releases.ts';
import { createApplications } from '../service/tokens/applications.ts';
import { createDiscovery } from '../service/tokens/discovery.ts';
import { FAILURE_LIMIT } from '../service/tokens/failures.ts';
import { createTokenService } from '../service/tokens/grants.ts';
import { createIssuer } from '../service/tokens/issue.ts';
import { createTokenKeys } from '../service/tokens/keys.ts';
import type { TokenSource } from '../service/tokens/source.ts';
import { createVerifier } from '../service/tokens/verify.ts';
import type { Store } from '../store/port.ts';
import { healthRoutes } from './health.ts';
import { type Periodic, repeat } from './periodic.ts';

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
  readonly rateLimit: RunRateLimit | null;
  readonly external: readonly TokenSource[];
  readonly timeouts: (machine: { computerDnsName: string | null }) => Timeouts;
  /** Milliseconds between two sweeps. */
  readonly sweepEvery: number;
  readonly passwordGrant: boolean;
  readonly acceptsDriver: (driver: string) => boolean;
  readonly newMachineId: (dnsName: string) => string;
  /** 0, or how long ago the machines of a simulated fleet were first seen. */
  readonly enrolledMillisecondsAgo: number;
  readonly allowsHost: ((host: string | undefined) => boolean) | null;
  /** Where time comes from; a test steps it by hand. */
  readonly time: TimeSource;
  /** Adds further addresses and prepares the store, before the server listens. */
  readonly prepare?: (app: FastifyInstance, server: ServerParts) => Promise<void>;
  /** False while calls should wait; `/readyz` says so. */
  readonly ready?: () => boolean;
}

/** Milliseconds since 1970 by the wall clock, and milliseconds that never jump. */
export interface TimeSource {
  readonly wall: () => number;
  readonly monotonic: () => number;
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
  /** Lets calls under way finish, ends waits, stops listening. The store stays open. */
  close(): Promise<void>;
}

const PAGE_SIZE = 10_000;
const KEYS_EVERY = 60_000;
/** Milliseconds between two looks for connections that have nothing under way, while the server closes. */
const IDLE_EVERY = 50;

/** Puts all rooms together and listens. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { store, logger } = options;
  const draining = new AbortController();
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
  const tokens = createTokenService({
    store,
    issuer,
    publicUrl,
    milliseconds: steadyClock.milliseconds,
    passwordGrant: options.passwordGrant,
    failureLimit: options.rateLimit === null ? null : FAILURE_LIMIT,
  });
  const discovery = createDiscovery({
    store,
    keys: tokenKeys,
    publicUrl,
    passwordGrant: options.passwordGrant,
  });

  const hints = createHints();
  const presence = createPresence(store, logger);
  const access = createAccess(store, clock.milliseconds);
  const shared = { store, clock, hints, log: logger, newId: randomUUID, timeouts: options.timeouts };
  const releases = createTimedReleases({ ...shared, newId: randomUUIDv7, skipped: steadyClock.skipped });
  const machines = createMachines(shared);
  const groups = createGroups({ ...shared, changed: access.forget });
  const services: Services = {
    // Ids that grow with time keep the indexes of a million actions appending instead of scattering.
    actions: createActions({ ...shared, newId: randomUUIDv7 }),
    machines,
    applications: createApplications({ ...shared, bytes, changed: verifier.applicationChanged }),
    roles: createRoles({ ...shared, changed: access.forget }),
    groups,
    enrolmentTokens: createEnrolmentTokens({
      ...shared,
      groups,
      newToken: () => bytes(32).toString('base64url'),
    }),
    access,
    quota: createQuota({ limit: options.rateLimit ?? 'off' }),
    verifier,
  };
  const deviceKeys = await openDeviceKeys(store, clock, randomUUID);
  const nonces = createNonces({
    secret: deviceKeys.nonceSecret,
    milliseconds: clock.milliseconds,
    random: bytes,
  });
  const devices = {
    ...shared,
    machines,
    keys: deviceKeys,
    nonces,
    presence,
    releases,
    draining: draining.signal,
  };
  const parts: ServerParts = { store, services, clock, publicUrl };

  const app = buildApp(
    services,
    {
      publicUrl,
      pageSize: PAGE_SIZE,
      strictTransport: options.strictTransport,
      log: logger,
    },
    { logger, tls: options.tls, trustProxy: options.trustProxy, allowsHost: options.allowsHost },
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
  healthRoutes(app, store, draining.signal, options.ready ?? (() => true));
  await options.prepare?.(app, parts);
  try {
    await app.listen({ host: options.listen.host, port: options.listen.port });
  } catch (error) {
    await app.close();
    throw error;
  }
  localUrl = addressOf(app, options);

  const sweeper = createSweeper({ ...shared, steady: steadyClock.steady, presence, releases });
  const chores: Periodic[] = [
    repeat('the sweep', options.sweepEvery, logger, () => sweeper.sweep()),
    repeat('the upkeep of keys', KEYS_EVERY, logger, () => tokenKeys.maintain()),
  ];
  return {
    ...parts,
    localUrl,
    async close() {
      draining.abort();
      hints.wakeAll();
      await Promise.all(chores.map((chore) => chore.stop()));
      const closed = app.close();
      // A connection whose answer ends after the close began would be kept open for its next request.
      const idle = setInterval(() => app.server.closeIdleConnections(), IDLE_EVERY);
      await closed.finally(() => clearInterval(idle));
      await presence.flush();
    },
  };
}

function addressOf(app: FastifyInstance, options: ServerOptions): string {
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.listen.port;
  const host = options.listen.host.includes(':') ? `[${options.listen.host}]` : options.listen.host;
  return `${options.tls === null ? 'http' : 'https'}://${host}:${port}`;
}
