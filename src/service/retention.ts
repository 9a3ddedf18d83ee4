import type { Instant } from '../contract/time.ts';
import type { AccessStore, ActionKey, RetentionStore } from '../store/port.ts';
import { type Clock, instantAfter } from './clock.ts';
import type { Log } from './log.ts';

export interface RetentionDependencies {
  readonly store: RetentionStore & Pick<AccessStore, 'tenants'>;
  readonly clock: Clock;
  /** Milliseconds since the start, or since the wall clock jumped. */
  readonly clockHeldFor: () => number;
  readonly log: Log;
  /** Milliseconds for which an action is kept after its end. */
  readonly keep: number;
}

/** Actions looked at in one step; what is removed of them shares a commit. */
const PORTION = 25;
/** Milliseconds between two passes over all tenants. */
const PASS_EVERY = 3_600_000;
/**
 * Milliseconds after a start, or after the clock jumped, in which nothing is removed: what a wrong clock removes is
 * gone, and somebody may still notice it.
 */
const GRACE = 3_600_000;

interface Pass {
  readonly before: Instant;
  readonly tenants: string[];
  after: ActionKey | null;
  removed: number;
  kept: number;
}

/**
 * Removes actions that ended long ago, with their history, a small portion at a time. Safe on several processes: the
 * store decides about each action when it removes it.
 */
export function createRetention({ store, clock, clockHeldFor, log, keep }: RetentionDependencies) {
  let nextPass = 0;
  let pass: Pass | null = null;

  const begin = async (now: number): Promise<Pass> => ({
    before: instantAfter(now, -keep),
    tenants: (await store.tenants()).map(({ id }) => id),
    after: null,
    removed: 0,
    kept: 0,
  });

  return {
    /** One portion; returns how many actions it removed. Cheap while no pass is due. */
    async step(): Promise<number> {
      const now = clock.milliseconds();
      if (clockHeldFor() < GRACE) {
        pass = null;
        nextPass = 0;
        return 0;
      }
      if (pass === null && now < nextPass) return 0;
      pass ??= await begin(now);
      const [tenantId] = pass.tenants;
      if (tenantId === undefined) {
        const { before, removed, kept } = pass;
        if (removed > 0) log.info({ before, removed, kept }, 'old actions were removed');
        pass = null;
        nextPass = now + PASS_EVERY;
        return 0;
      }
      const { before } = pass;
      const found = await store.endedActions(tenantId, before, pass.after, PORTION);
      const done = await Promise.all(found.map(({ id }) => store.removeAction(tenantId, id, before)));
      const removed = done.filter(Boolean).length;
      pass.removed += removed;
      pass.kept += done.length - removed;
      pass.after = found.at(-1) ?? null;
      if (found.length < PORTION) {
        pass.tenants.shift();
        pass.after = null;
      }
      return removed;
    },
  };
}
