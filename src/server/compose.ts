import { randomBytes, randomUUID } from 'node:crypto';
import type { Instant } from '../contract/time.ts';
import { actionIdOf } from '../domain/action-id.ts';
import { wireMachineAction } from '../http/representation/machine-action.ts';
import type { Services } from '../http/services.ts';
import { createAccess } from '../service/access.ts';
import { createActions } from '../service/actions.ts';
import { announcingStore } from '../service/changes/announcing.ts';
import { createChanges } from '../service/changes/changes.ts';
import { createFeed } from '../service/changes/feed.ts';
import { shareChanges } from '../service/changes/share.ts';
import { clockOf } from '../service/clock.ts';
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
import { shareHints } from '../service/neighbours.ts';
import { createQuota } from '../service/quota.ts';
import { createRetention } from '../service/retention.ts';
import { createRoles } from '../service/roles.ts';
import { createServerKeys } from '../service/server-keys.ts';
import { createSharedQuota } from '../service/shared-quota.ts';
import { createSteadyClock } from '../service/steady-clock.ts';
import { createSweeper } from '../service/sweeper.ts';
import { createTimedReleases } from '../service/timed-releases.ts';
import { createApplications } from '../service/tokens/applications.ts';
import { createWebhooks } from '../service/webhooks.ts';
import { addressPolicy } from '../webhook/addresses.ts';
import { createDispatcher } from '../webhook/dispatcher.ts';
import { createSend } from '../webhook/send.ts';
import { webhookSecret } from '../webhook/signature.ts';
import { createConsole } from './console.ts';
import { observedStore } from './metrics/observed.ts';
import type { ServerOptions } from './options.ts';
import { composeTokens } from './tokens.ts';

/** What a server is made of, before anything listens. */
export type Composition = Awaited<ReturnType<typeof compose>>;

/**
 * Puts the services and the devices' exchange together over the store, with the keys and secrets that they begin with.
 * @param stopping is aborted when devices that wait are to be sent on
 */
export async function compose(options: ServerOptions, publicUrl: () => string, stopping: AbortSignal) {
  const { logger, metrics = null, neighbours } = options;
  const localChanges = createChanges();
  const changes = neighbours === undefined ? localChanges : shareChanges(localChanges, neighbours);
  const counted = metrics === null ? options.store : observedStore(options.store, metrics);
  const store = announcingStore(counted, changes);
  const clock = clockOf(options.time.wall);
  const { milliseconds } = clock;
  const steadyClock = createSteadyClock(options.time.wall, options.time.monotonic, (jump) =>
    logger.warn(
      { milliseconds: Math.round(jump) },
      'the wall clock jumped; nothing times out and no token is issued until it holds',
    ),
  );
  const bytes = (size: number) => randomBytes(size);
  const countsInStore = !store.exclusive || options.countsInStore === true;
  const issuing = await composeTokens(options, {
    store,
    clock,
    steadyClock,
    publicUrl,
    bytes,
    countsInStore,
  });
  const { verifier, passwords, failures } = issuing;

  const localHints = createHints();
  const hints = neighbours === undefined ? localHints : shareHints(localHints, neighbours);
  const watch = store.exclusive ? NO_WATCH : createWatch(store, localHints);
  const limit = options.rateLimit ?? 'off';
  const sharedQuota = countsInStore ? createSharedQuota({ limit, store, milliseconds }) : null;
  const presence = createPresence({ store, changes, milliseconds, log: logger });
  const access = createAccess(store, milliseconds);
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
  const nonces = createNonces({ secret: secrets.nonceSecret, milliseconds, random: bytes });
  const { epoch } = secrets;
  const elsewhere = (options.drainMilliseconds ?? 0) > 0;
  const exchange = { ...shared, machines, keys: deviceKeys, epoch, nonces, watch, presence };
  const delivery = createDelivery({ ...exchange, releases, stopping, elsewhere });
  const enrolments = createEnrolments({
    ...exchange,
    newMachineId: options.newMachineId,
    enrolledMillisecondsAgo: options.enrolledMillisecondsAgo,
    accepts: options.acceptsDriver,
  });
  const keep = options.retainActions ?? null;
  return {
    ...{
      store,
      clock,
      hints,
      services,
      issuing,
      people,
      feed,
      presence,
      watch,
      sharedQuota,
      webhooks,
      dispatcher,
    },
    ...{ deviceKeys, delivery, enrolments },
    sweeper: createSweeper({ ...shared, steady: steadyClock.steady, presence, releases }),
    retention: keep === null ? null : createRetention({ ...shared, clockHeldFor: steadyClock.heldFor, keep }),
  };
}
