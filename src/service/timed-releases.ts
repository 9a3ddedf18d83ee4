import { type Instant, millisecondsOf } from '../contract/time.ts';
import type { Actor, ControlState, MachineAction } from '../domain/action.ts';
import { timedRelease, timeOutCause } from '../domain/timed-release.ts';
import type { ActionStore, ControlStore } from '../store/port.ts';
import type { Timeouts } from './actions.ts';
import { type Clock, instantAfter } from './clock.ts';
import type { Hints } from './hints.ts';
import type { Log } from './log.ts';
import { transitionOf } from './transition.ts';

export interface TimedReleasesDependencies {
  readonly store: ActionStore & ControlStore;
  readonly clock: Clock;
  /** Ids are in the order of creation. */
  readonly newActionId: (createdAt: Instant) => string;
  readonly hints: Hints;
  readonly log: Log;
  readonly timeouts: (machine: { computerDnsName: string | null }) => Timeouts;
  /** Time that the wall clock shows and that did not pass; see the steady clock. */
  readonly skipped: (beginning: number) => number;
}

/** Releases machines when the time that somebody has set is over. Safe on several processes: the store decides. */
export interface TimedReleases {
  /** Milliseconds until a control is released, 0 once the time is over; null where no time was set. */
  left(state: ControlState): Promise<number | null>;
  /**
   * Appends the release of a control whose time is over, and ends the restriction first where it has not ended. False
   * when the control has moved meanwhile.
   */
  append(state: ControlState): Promise<boolean>;
  /** Appends every release that is due; returns how many. */
  appendDue(): Promise<number>;
}

const BATCH = 1000;
const SERVER: Actor = { kind: 'server', id: 'timed-release', name: 'timed release' };

export function createTimedReleases(dependencies: TimedReleasesDependencies): TimedReleases {
  const { store, clock, newActionId, hints, log, timeouts, skipped } = dependencies;

  const restrictionOf = async ({ tenantId, actionId }: ControlState): Promise<MachineAction | null> =>
    actionId === null ? null : store.action(tenantId, actionId, null);

  /** A wall clock that was set forward since the restriction was asked for delays the release by as much. */
  const left: TimedReleases['left'] = async (state) => {
    if (state.releaseAt === null) return null;
    const restriction = await restrictionOf(state);
    if (restriction === null) return null;
    const end = millisecondsOf(state.releaseAt) + skipped(millisecondsOf(restriction.createdAt));
    return Math.max(0, end - clock.milliseconds());
  };

  const ended = async (restriction: MachineAction): Promise<boolean> => {
    const at = clock.now();
    const how = { at, actor: SERVER, cause: timeOutCause(restriction, at), deadline: null };
    const transition = transitionOf(restriction, 'timeOut', how);
    return transition === null || store.advanceAction(transition);
  };

  const append: TimedReleases['append'] = async (state) => {
    const restriction = await restrictionOf(state);
    if (restriction === null || state.releaseAt === null) return false;
    if (!(await ended(restriction))) return false;
    const at = clock.now();
    const deadline = instantAfter(clock.milliseconds(), timeouts(restriction).pending);
    const action = timedRelease(restriction, state.releaseAt, { id: newActionId(at), at, deadline });
    const requested = await store.requestAction({
      action,
      mode: 'unrestricted',
      atGeneration: state.generation,
      event: {
        tenantId: action.tenantId,
        actionId: action.id,
        revision: 1,
        at,
        status: 'Pending',
        actor: SERVER,
        cause: 'release time reached',
        evidence: null,
      },
      idempotency: null,
    });
    if (requested.outcome !== 'created') return false;
    hints.wake(action.machineId);
    log.info(
      { action: action.id, machine: action.machineId, releaseOf: restriction.id },
      'timed release appended',
    );
    return true;
  };

  return {
    left,
    append,
    async appendDue() {
      let appended = 0;
      for (;;) {
        let progress = 0;
        const due = await store.dueReleases(clock.now(), BATCH);
        for (const state of due) if ((await left(state)) === 0 && (await append(state))) progress += 1;
        appended += progress;
        if (due.length < BATCH || progress === 0) return appended;
      }
    },
  };
}
