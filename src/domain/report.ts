import type { Report } from '../contract/device.ts';
import type { ControlState, MachineAction } from './action.ts';
import type { LifecycleEvent } from './lifecycle.ts';
import { isFinal } from './lifecycle.ts';

/** What a device's report means for the server. */
export type Judgement =
  /** Nothing: a repetition, or an acknowledgement of what is over. */
  | { readonly kind: 'ignore' }
  /** Kept in the history of the action, and changes nothing. */
  | { readonly kind: 'late'; readonly cause: string }
  /** The action advances; `events` in order, since an outcome may overtake the acknowledgement. */
  | {
      readonly kind: 'advance';
      readonly events: readonly LifecycleEvent[];
      readonly cause: string;
      readonly undone: boolean;
    }
  /** The observed mode is written; the status is final and stays. */
  | { readonly kind: 'observe'; readonly cause: string; readonly drifted: boolean };

/** A claim counts only with evidence behind it: at least one check, and none that failed. */
export function carriesProof({ proven, evidence }: Report): boolean {
  return (
    proven && evidence !== null && evidence.checks.length > 0 && evidence.checks.every(({ passed }) => passed)
  );
}

/**
 * Judges a report against the control's row and the action it names. Only a report for the present generation changes
 * anything, and only one that carries evidence proves anything.
 */
export function judge(report: Report, state: ControlState | null, action: MachineAction | null): Judgement {
  if (state === null || report.generation !== state.generation) {
    return report.kind === 'accepted' ? { kind: 'ignore' } : { kind: 'late', cause: 'late report' };
  }
  const active = action !== null && !isFinal(action.status) && action.generation === report.generation;
  if (report.kind === 'accepted') {
    if (!active || action.status !== 'Pending') return { kind: 'ignore' };
    return { kind: 'advance', events: ['deliver'], cause: 'accepted by the device', undone: false };
  }
  const proven = carriesProof(report) && report.observed === state.mode;
  if (report.kind === 'outcome' && active) {
    const last: LifecycleEvent = proven ? 'prove' : 'fail';
    const events: LifecycleEvent[] = action.status === 'Pending' && proven ? ['deliver', last] : [last];
    return {
      kind: 'advance',
      events,
      cause: proven ? 'proven on the device' : failure(report),
      undone: report.undone,
    };
  }
  const drifted = report.kind !== 'outcome' && !proven;
  return { kind: 'observe', cause: observation(report, proven), drifted };
}

function failure(report: Report): string {
  if (report.proven) return 'the device sent no evidence that proves the mode that was asked';
  return report.reason ?? 'the device could not prove the mode and gave no reason';
}

function observation(report: Report, proven: boolean): string {
  if (report.kind === 'released') return 'released by the device before its time';
  if (report.kind === 'drift')
    return proven ? 'drift repaired' : `drifted: ${report.reason ?? 'no reason given'}`;
  return proven ? 'proven after the end of the action' : failure(report);
}
