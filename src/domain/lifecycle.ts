import type { ActionStatus } from '../contract/machine-action.ts';

/** What can happen to an action. */
export type LifecycleEvent = 'deliver' | 'prove' | 'fail' | 'timeOut' | 'cancel';

/** The life cycle as a table; what is not in it cannot happen, and final states never change (design, part 4). */
const TRANSITIONS: Readonly<Record<ActionStatus, Partial<Record<LifecycleEvent, ActionStatus>>>> = {
  Pending: { deliver: 'InProgress', fail: 'Failed', timeOut: 'TimeOut', cancel: 'Cancelled' },
  InProgress: { prove: 'Succeeded', fail: 'Failed', timeOut: 'TimeOut', cancel: 'Cancelled' },
  Succeeded: {},
  Failed: {},
  TimeOut: {},
  Cancelled: {},
};

/** The status after an event, or null when the event cannot happen in this status. */
export function advance(status: ActionStatus, event: LifecycleEvent): ActionStatus | null {
  return TRANSITIONS[status][event] ?? null;
}

/** True when the status never changes again. */
export function isFinal(status: ActionStatus): boolean {
  return Object.keys(TRANSITIONS[status]).length === 0;
}
