import type { Log } from '../service/log.ts';
import type { Metrics } from './metrics/metrics.ts';
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

export interface Chore {
  /** Milliseconds from the end of one run to the next. */
  readonly every: number;
  readonly work: () => Promise<unknown>;
}

/** Begins every chore that this server has; null stands for one that it does not need. */
export function startChores(
  log: Log,
  metrics: Pick<Metrics, 'chore'> | null,
  chores: Readonly<Record<keyof typeof CHORES, Chore | null>>,
): Periodic[] {
  return Object.entries(CHORES).flatMap(([name, [label, text]]) => {
    const chore = chores[name as keyof typeof CHORES];
    if (chore === null) return [];
    const work = metrics === null ? chore.work : () => metrics.chore(label, chore.work);
    return [repeat(text, chore.every, log, work)];
  });
}
