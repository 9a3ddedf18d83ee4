import type { Actor } from '../domain/action.ts';
import { timeOutCause } from '../domain/timed-release.ts';
import type { ActionStore, MachineStore } from '../store/port.ts';
import { type Clock, instantAfter } from './clock.ts';
import type { Presence } from './devices/presence.ts';
import type { Hints } from './hints.ts';
import type { Log } from './log.ts';
import type { TimedReleases } from './timed-releases.ts';
import { transitionOf } from './transition.ts';

export interface SweeperDependencies {
  readonly store: ActionStore & MachineStore;
  readonly clock: Clock;
  /** False while the wall clock is in doubt: nothing is timed out by a wrong clock. */
  readonly steady: () => boolean;
  readonly hints: Hints;
  readonly presence: Presence;
  readonly releases: TimedReleases;
  readonly log: Log;
}

const BATCH = 200;
const SERVER: Actor = { kind: 'server', id: 'sweeper', name: 'time-out' };
/** Seven days without a word make a machine inactive, as at the vendor's. */
const INACTIVE_MILLISECONDS = 7 * 24 * 3_600_000;

/** Ends what is overdue, releases what is due, and keeps the books. Safe on several processes: each step is guarded in the store. */
export function createSweeper(dependencies: SweeperDependencies) {
  const { store, clock, steady, hints, presence, releases, log } = dependencies;
  const endOverdue = async (): Promise<number> => {
    let ended = 0;
    for (;;) {
      const now = clock.now();
      const overdue = await store.overdueActions(now, BATCH);
      let progress = 0;
      for (const action of overdue) {
        const how = {
          at: clock.now(),
          actor: SERVER,
          cause: timeOutCause(action, now),
          deadline: null,
        };
        const transition = transitionOf(action, 'timeOut', how);
        if (transition === null || !(await store.advanceAction(transition))) continue;
        progress += 1;
        hints.wake(action.machineId);
        log.info({ action: action.id, machine: action.machineId, from: action.status }, 'action timed out');
      }
      ended += progress;
      if (overdue.length < BATCH || progress === 0) return ended;
    }
  };

  return {
    /** One sweep; returns how many actions it ended. */
    async sweep(): Promise<number> {
      await presence.flush();
      if (!steady()) return 0;
      const now = clock.milliseconds();
      const ended = await endOverdue();
      await releases.appendDue();
      await store.expireIdempotencyKeys(instantAfter(now, 0), BATCH);
      await store.markInactive(instantAfter(now, -INACTIVE_MILLISECONDS), BATCH);
      return ended;
    },
  };
}
