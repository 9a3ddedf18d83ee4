import type { Control, Desired, Evidence, ExchangeAnswer, Mode, Report } from '../contract/device.ts';
import { countedDown, orderOf, timerOf, toldAgain } from './own-release.ts';
import type { ReleaseTimer } from './release-timer.ts';
import { enqueued } from './report-queue.ts';
import type { Uptime } from './uptime.ts';

/**
 * What a device remembers, and every change of it, as pure functions. The ledger writes the result before anything
 * follows from it.
 */
export interface LedgerState {
  readonly version: 1;
  /** Epoch of the server's store that the generations count in; empty before the first answer. */
  readonly epoch: string;
  /** Sequence of the last report that was made. */
  readonly sequence: number;
  /** Digest of the facts that the server has confirmed; null when it has none. */
  readonly facts: string | null;
  readonly controls: readonly ControlEntry[];
  /** Reports that the server has not confirmed, in order of their sequence. */
  readonly reports: readonly Report[];
}

/** One control: what is wanted, how far it got, and what is known to be in force. */
export interface ControlEntry {
  readonly control: Control;
  /** The newest order; once the device has released by itself, the release that it made of it. */
  readonly desired: Desired;
  /** Counts the time of a restriction that ends by itself. */
  readonly release?: ReleaseTimer;
  /** Present when that time was over, and the device releases by itself. */
  readonly released?: true;
  /**
   * - `seen`: recorded; the device begins only when the server has confirmed that it knows so.
   * - `accepted`: the device may have begun; after a restart it begins again.
   * - `done`: carried out or failed, and an outcome was recorded.
   */
  readonly phase: 'seen' | 'accepted' | 'done';
  /** Sequence of the report that says `accepted`; null while it is not made. */
  readonly acceptSequence: number | null;
  /** True from the moment a restriction may have begun until the owner's state is proven to be back. */
  readonly touched: boolean;
  /** Mode in force as far as the device can tell. */
  readonly observed: Mode;
  /** True while `observed` is what was wanted, and was verified. */
  readonly proven: boolean;
  /** True once this generation was proven: trouble after that is drift. */
  readonly everProven: boolean;
  /** True when this generation failed and the state before was put back. */
  readonly undone: boolean;
  /** Why it is not proven, null when it is. */
  readonly reason: string | null;
}

export const EMPTY_STATE: LedgerState = {
  version: 1,
  epoch: '',
  sequence: 0,
  facts: null,
  controls: [],
  reports: [],
};

export function entryOf(state: LedgerState, control: Control): ControlEntry | null {
  return state.controls.find((entry) => entry.control === control) ?? null;
}

/** How an attempt to carry out an order ended. */
export interface Outcome {
  readonly kind: 'outcome' | 'drift' | 'released';
  /** The order that was carried out, which need not be the newest any more, and the epoch it is of. */
  readonly desired: Desired;
  readonly epoch: string;
  readonly observed: Mode;
  readonly proven: boolean;
  readonly undone: boolean;
  readonly touched: boolean;
  readonly reason: string | null;
  readonly evidence: Evidence | null;
  /** False when the server need not hear of it, such as a repeated failure for the same reason. Never sent in another epoch. */
  readonly report: boolean;
}

/** Controls that are being switched at this moment: the next order waits until that is over. */
export type Busy = (control: Control) => boolean;

/**
 * Takes in an answer that was verified: forgets what the server has, notes what it wants. Returns the same state when
 * nothing is new, or why the answer cannot be the server's present word.
 */
export function adopt(
  state: LedgerState,
  answer: ExchangeAnswer,
  busy: Busy,
  now: Uptime,
): LedgerState | { refused: string } {
  if (state.epoch === '' || answer.epoch !== state.epoch) return adoptEpoch(state, answer, busy, now);
  for (const desired of answer.desired) {
    const problem = contradiction(entryOf(state, desired.control), desired);
    if (problem !== null) return { refused: problem };
  }
  const received = confirm(state, answer.received);
  const controls = answer.desired.reduce<readonly ControlEntry[]>(
    (entries, desired) => note(entries, desired, now),
    received.controls,
  );
  return begin(controls === received.controls ? received : { ...received, controls }, busy, answer.received);
}

/**
 * A new epoch: the store was restored or copied, so generations start anew, and reports that count in the old ones
 * mean nothing. What is in force on the device stays in force until the server wants something else, or until its time
 * is over.
 */
function adoptEpoch(state: LedgerState, answer: ExchangeAnswer, busy: Busy, now: Uptime): LedgerState {
  const kept = state.controls.map((entry): ControlEntry => {
    const mode = entry.phase === 'seen' ? entry.observed : entry.desired.mode;
    const phase = entry.phase === 'seen' ? 'done' : entry.phase;
    const desired: Desired = { ...entry.desired, mode, generation: 0, actionId: null, status: 'settled' };
    const { release, ...rest } = entry;
    // The time of an order that was never begun is not that of the mode in force.
    const timer = release === undefined || entry.phase === 'seen' ? {} : { release };
    return { ...rest, ...timer, desired, phase, acceptSequence: null };
  });
  const controls = answer.desired.reduce<readonly ControlEntry[]>(
    (entries, desired) => replace(entries, fresh(entries, desired, now)),
    kept,
  );
  const sequence = Math.max(state.sequence, answer.received);
  return begin({ ...state, epoch: answer.epoch, sequence, controls, reports: [] }, busy, -1);
}

function contradiction(entry: ControlEntry | null, wanted: Desired): string | null {
  const known = entry?.desired;
  if (known === undefined || wanted.generation > known.generation) return null;
  if (wanted.generation < known.generation) {
    return `generation ${wanted.generation} of ${wanted.control} is older than ${known.generation}`;
  }
  const mode = entry?.released ? 'restricted' : known.mode;
  return wanted.mode === mode
    ? null
    : `generation ${wanted.generation} of ${wanted.control} has changed its mode`;
}

/** Forgets confirmed reports. A server that counts further than the device (its ledger was lost) sets the count. */
function confirm(state: LedgerState, received: number): LedgerState {
  if (received > state.sequence) {
    const reports = state.reports.map((report, index) => ({ ...report, sequence: received + 1 + index }));
    return { ...state, sequence: received + reports.length, reports };
  }
  const reports = state.reports.filter((report) => report.sequence > received);
  return reports.length === state.reports.length ? state : { ...state, reports };
}

/** Notes one order. */
function note(entries: readonly ControlEntry[], wanted: Desired, now: Uptime): readonly ControlEntry[] {
  const entry = entries.find((candidate) => candidate.control === wanted.control);
  if (entry === undefined || wanted.generation > entry.desired.generation) {
    return replace(entries, fresh(entries, wanted, now));
  }
  const told = toldAgain(entry, wanted, now);
  return told === entry ? entries : replace(entries, told);
}

function fresh(entries: readonly ControlEntry[], wanted: Desired, now: Uptime): ControlEntry {
  const desired = orderOf(wanted);
  const before = entries.find((entry) => entry.control === desired.control);
  return {
    control: desired.control,
    desired,
    ...timerOf(wanted, now),
    phase: 'seen',
    acceptSequence: null,
    touched: before?.touched ?? false,
    observed: before?.observed ?? 'unmanaged',
    proven: false,
    everProven: false,
    undone: false,
    reason: null,
  };
}

function replace(entries: readonly ControlEntry[], entry: ControlEntry): readonly ControlEntry[] {
  const others = entries.filter((candidate) => candidate.control !== entry.control);
  return [...others, entry];
}

/**
 * Moves orders on that need not wait: a new one of an idle control is announced, one whose announcement the server
 * has confirmed is begun, and one that touches nothing needs no announcement.
 */
function begin(state: LedgerState, busy: Busy, received: number): LedgerState {
  let next = state;
  for (const entry of state.controls) {
    if (entry.phase !== 'seen' || busy(entry.control)) continue;
    if (entry.acceptSequence !== null && entry.acceptSequence <= received) {
      const touched = entry.touched || entry.desired.mode === 'restricted';
      next = { ...next, controls: replace(next.controls, { ...entry, phase: 'accepted', touched }) };
    } else if (entry.acceptSequence === null && entry.desired.mode === 'unmanaged' && !entry.touched) {
      next = { ...next, controls: replace(next.controls, { ...entry, phase: 'accepted' }) };
    } else if (entry.acceptSequence === null) {
      const { desired, observed } = entry;
      next = report(next, {
        kind: 'accepted',
        desired,
        observed,
        proven: false,
        undone: false,
        reason: null,
        evidence: null,
      });
      next = { ...next, controls: replace(next.controls, { ...entry, acceptSequence: next.sequence }) };
    }
  }
  return next;
}

type Said = Pick<Report, 'kind' | 'observed' | 'proven' | 'undone' | 'reason' | 'evidence'> & {
  desired: Desired;
};

function report(state: LedgerState, said: Said): LedgerState {
  const { desired, ...rest } = said;
  const { control, generation, actionId } = desired;
  const sequence = state.sequence + 1;
  const reports = enqueued(state.reports, { ...rest, control, generation, actionId, sequence });
  return { ...state, sequence, reports };
}

/** Notes how an order ended, makes the report, and moves on to the next order where one came in the meantime. */
export function settle(state: LedgerState, outcome: Outcome, busy: Busy): LedgerState {
  const { kind, desired, observed, proven, undone, touched, reason, evidence } = outcome;
  const entry = entryOf(state, desired.control);
  if (entry === null) return state;
  const sameEpoch = outcome.epoch === state.epoch;
  const sameOrder = entry.desired.generation === desired.generation && entry.desired.mode === desired.mode;
  const current = sameEpoch && sameOrder && entry.phase !== 'seen';
  const next: ControlEntry = current
    ? {
        ...entry,
        phase: 'done',
        touched,
        observed,
        proven,
        undone,
        reason: proven ? null : reason,
        everProven: entry.everProven || proven,
      }
    : { ...entry, touched, observed };
  const noted = { ...state, controls: replace(state.controls, next) };
  const said = { kind, desired, observed, proven, undone, reason, evidence };
  return begin(outcome.report && sameEpoch ? report(noted, said) : noted, busy, -1);
}

/**
 * What a restart makes of the memory: a proof that the server has not confirmed is from before, perhaps from before a
 * reboot, so it is dropped and its order is carried out and proven again.
 */
export function restarted(state: LedgerState): LedgerState {
  let next = state;
  for (const entry of state.controls) {
    const stale = (one: Report) =>
      one.control === entry.control &&
      one.generation === entry.desired.generation &&
      one.kind !== 'drift' &&
      one.proven;
    if (entry.phase !== 'done' || !next.reports.some(stale)) continue;
    next = {
      ...next,
      reports: next.reports.filter((one) => !stale(one)),
      controls: replace(next.controls, { ...entry, phase: 'accepted', proven: false, everProven: false }),
    };
  }
  return begin(next, () => false, -1);
}

/** Counts the time of a restriction; one whose time is over becomes a release. The same state where nothing is new. */
export function countDown(state: LedgerState, control: Control, now: Uptime): LedgerState {
  const entry = entryOf(state, control);
  const counted = entry === null ? null : countedDown(entry, now);
  return counted === null || counted === entry
    ? state
    : { ...state, controls: replace(state.controls, counted) };
}

/** Notes that the server has these facts. */
export function factsConfirmed(state: LedgerState, digest: string): LedgerState {
  return state.facts === digest ? state : { ...state, facts: digest };
}
