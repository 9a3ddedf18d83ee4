import { ACTION_TYPES, type Mode } from '../contract/control.ts';
import type { ActionStatus } from '../contract/machine-action.ts';
import type { MachineAction } from './action.ts';

/** How an action ended. */
export interface ActionEnd {
  readonly status: ActionStatus;
  /** The status it ended from: a device may have begun only what was delivered. */
  readonly from: ActionStatus;
  /** For `Failed`: the device said that it put the state before back. */
  readonly undone: boolean;
}

type After = 'before' | 'stays';

/**
 * Where the desired mode goes when an action ends without success: where safety says, so that no fault ever releases
 * a machine (design, part 4). A time-out of an unrestrict goes back to what was there before, which is `restricted`
 * whenever there was a restriction to lift; a machine that nobody ever restricted is not restricted by a time-out.
 */
const AFTER: readonly {
  readonly status: ActionStatus;
  readonly when: (end: ActionEnd, mode: Mode) => boolean;
  readonly desired: After;
}[] = [
  { status: 'Cancelled', when: () => true, desired: 'before' },
  { status: 'TimeOut', when: (end) => end.from === 'Pending', desired: 'before' },
  { status: 'TimeOut', when: (_end, mode) => mode === 'restricted', desired: 'stays' },
  { status: 'TimeOut', when: () => true, desired: 'before' },
  { status: 'Failed', when: (end) => end.undone, desired: 'before' },
  { status: 'Failed', when: (_end, mode) => mode === 'restricted', desired: 'stays' },
  { status: 'Failed', when: () => true, desired: 'before' },
];

/** The desired mode that replaces the action's own when it ends, or null when the action's mode stays desired. */
export function desiredAfter(
  action: Pick<MachineAction, 'type' | 'modeBefore' | 'actionBefore'>,
  end: ActionEnd,
): { mode: Mode; actionId: string | null } | null {
  const wanted = ACTION_TYPES[action.type].mode;
  const rule = AFTER.find((row) => row.status === end.status && row.when(end, wanted));
  return rule?.desired === 'before' ? { mode: action.modeBefore, actionId: action.actionBefore } : null;
}
