import { ACTION_TYPES, type Mode } from '../contract/control.ts';
import type { ActionStatus } from '../contract/machine-action.ts';
import type { Instant } from '../contract/time.ts';
import type { MachineAction } from './action.ts';

/** How an action ended. */
export interface ActionEnd {
  readonly status: ActionStatus;
  /** The status it ended from: a device may have begun only what was delivered. */
  readonly from: ActionStatus;
  /** For `Failed`: the device said that it put the state before back. */
  readonly undone: boolean;
  readonly at: Instant;
}

/** What is wanted of a control: the mode, the action it follows from, and when the server releases by itself. */
export interface DesiredState {
  readonly mode: Mode;
  readonly actionId: string | null;
  readonly releaseAt: Instant | null;
}

type Ended = Pick<
  MachineAction,
  'type' | 'modeBefore' | 'actionBefore' | 'releaseAt' | 'releaseBefore' | 'releaseOf'
>;
type Kind = 'restrict' | 'unrestrict' | 'timed release';

/**
 * What becomes of the deadline that the action had voided, when the mode before comes back.
 * - `ahead`: it is back if it is still to come. One that has passed is not: somebody has just decided that the machine
 *   stays as it was, and would see it released at once.
 * - `back`: it is back, and due at once where it has passed: nobody asked for more time than that.
 * - `later`: the action was to restrict for longer, and a fault must not shorten that: the later of the two deadlines,
 *   and none where the action had none.
 * - `void`: it has been used up.
 */
type Deadline = 'ahead' | 'back' | 'later' | 'void';

interface Row {
  readonly kind: Kind;
  readonly status: ActionStatus;
  readonly when?: (end: ActionEnd) => boolean;
  /** The deadline beside the mode before, or `stays` where the action's own mode and deadline stay wanted. */
  readonly after: 'stays' | Deadline;
}

const untouched = (end: ActionEnd): boolean => end.from === 'Pending';
const undone = (end: ActionEnd): boolean => end.undone;

/**
 * Where the desired state goes when an action ends without success: where safety says, so that no fault ever releases
 * a machine (design, part 4). A time-out of an unrestrict goes back to what was there before, which is `restricted`
 * whenever there was a restriction to lift; a machine that nobody ever restricted is not restricted by a time-out.
 * A timed release stays wanted unless a person cancels it: somebody set the time, nobody asked for a restriction beyond
 * it, and a device that was away has released by itself meanwhile.
 */
const AFTER: readonly Row[] = [
  { kind: 'restrict', status: 'Cancelled', after: 'ahead' },
  { kind: 'restrict', status: 'TimeOut', when: untouched, after: 'later' },
  { kind: 'restrict', status: 'TimeOut', after: 'stays' },
  { kind: 'restrict', status: 'Failed', when: undone, after: 'later' },
  { kind: 'restrict', status: 'Failed', after: 'stays' },
  { kind: 'unrestrict', status: 'Cancelled', after: 'ahead' },
  { kind: 'unrestrict', status: 'TimeOut', after: 'back' },
  { kind: 'unrestrict', status: 'Failed', after: 'back' },
  { kind: 'timed release', status: 'Cancelled', after: 'void' },
  { kind: 'timed release', status: 'TimeOut', after: 'stays' },
  { kind: 'timed release', status: 'Failed', after: 'stays' },
];

const DEADLINES: Readonly<Record<Deadline, (action: Ended, at: Instant) => Instant | null>> = {
  ahead: ({ releaseBefore }, at) => (releaseBefore !== null && releaseBefore > at ? releaseBefore : null),
  back: ({ releaseBefore }) => releaseBefore,
  later: ({ releaseAt, releaseBefore }) => {
    if (releaseAt === null || releaseBefore === null) return null;
    return releaseAt > releaseBefore ? releaseAt : releaseBefore;
  },
  void: () => null,
};

function kindOf(action: Ended): Kind {
  if (action.releaseOf !== null) return 'timed release';
  return ACTION_TYPES[action.type].mode === 'restricted' ? 'restrict' : 'unrestrict';
}

/** The desired state that replaces the action's own when it ends, or null when the action's stays desired. */
export function desiredAfter(action: Ended, end: ActionEnd): DesiredState | null {
  const kind = kindOf(action);
  const row = AFTER.find(
    (row) => row.kind === kind && row.status === end.status && (row.when?.(end) ?? true),
  );
  if (row === undefined || row.after === 'stays') return null;
  const { modeBefore: mode, actionBefore: actionId } = action;
  return { mode, actionId, releaseAt: DEADLINES[row.after](action, end.at) };
}
