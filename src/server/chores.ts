import type { Composition } from './compose.ts';
import type { ServerOptions } from './options.ts';
import { type Periodic, repeat } from './periodic.ts';

/** What a running server does by itself: the name in metrics, and what the log calls it. */
const CHORES = {
  sweep: ['sweep', 'the sweep'],
  retention: ['retention', 'the removal of old actions'],
  tokenKeys: ['key upkeep', 'the upkeep of keys'],
  deviceKeys: ['device key upkeep', 'the upkeep of the keys that devices pin'],
  missedHints: ['missed hints', 'the look for missed hints'],
  oldSessions: ['old sessions', 'the removal of sessions that have ended'],
  oldCounts: ['old counts', 'the removal of old counts'],
  webhooks: ['webhooks', 'the look for deliveries to webhooks'],
  deletedWebhooks: ['deleted webhooks', 'the removal of what deleted webhooks have left'],
  clock: ['clock', 'the look at the clock'],
} as const;

/** Milliseconds between two portions of old actions: 250 actions a second at most. */
const RETENTION_EVERY = 100;
/** Milliseconds within which a waiting device hears of what another process wrote, should every hint be lost. */
const LOOK_EVERY = 5000;
const CLOCK_EVERY = 5000;
const DELETED_WEBHOOKS_EVERY = 1000;
const MINUTE = 60_000;

interface Chore {
  /** Milliseconds from the end of one run to the next. */
  readonly every: number;
  readonly work: () => Promise<unknown>;
}

/** Null stands for a chore that this server does not need. */
function choresOf(
  { sweepEvery, time }: ServerOptions,
  composition: Composition,
): Readonly<Record<keyof typeof CHORES, Chore | null>> {
  const { store, sweeper, retention, issuing, deviceKeys, watch, people, dispatcher, webhooks } = composition;
  const { sharedQuota } = composition;
  const { measure = null } = time;
  return {
    sweep: { every: sweepEvery, work: () => sweeper.sweep() },
    retention: retention === null ? null : { every: RETENTION_EVERY, work: () => retention.step() },
    tokenKeys: { every: MINUTE, work: () => issuing.keys.maintain() },
    deviceKeys: { every: MINUTE, work: () => deviceKeys.maintain() },
    missedHints: store.exclusive ? null : { every: LOOK_EVERY, work: () => watch.look() },
    oldSessions: { every: MINUTE, work: () => people.sessions.expire() },
    oldCounts: sharedQuota === null ? null : { every: MINUTE, work: () => sharedQuota.expire() },
    webhooks: { every: sweepEvery, work: () => dispatcher.turn() },
    deletedWebhooks: { every: DELETED_WEBHOOKS_EVERY, work: () => webhooks.purge() },
    clock: measure === null ? null : { every: CLOCK_EVERY, work: measure },
  };
}

/** Begins every chore that this server has. */
export function startChores(options: ServerOptions, composition: Composition): Periodic[] {
  const { logger, metrics = null } = options;
  const chores = choresOf(options, composition);
  return Object.entries(CHORES).flatMap(([name, [label, text]]) => {
    const chore = chores[name as keyof typeof CHORES];
    if (chore === null) return [];
    const work = metrics === null ? chore.work : () => metrics.chore(label, chore.work);
    return [repeat(text, chore.every, logger, work)];
  });
}
