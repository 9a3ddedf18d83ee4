import type { Report } from '../contract/device.ts';
import { type Instant, wireTime } from '../contract/time.ts';
import { type ControlState, type MachineAction, pendingAction } from './action.ts';
import { carriesProof } from './report.ts';

/** True while the release that an action asked for is still to come, by the control's row. */
export function releaseStands(
  action: Pick<MachineAction, 'id' | 'releaseAt'>,
  state: Pick<ControlState, 'actionId' | 'releaseAt'>,
): boolean {
  return action.releaseAt !== null && state.releaseAt !== null && state.actionId === action.id;
}

/** Why an overdue action ends: a timed restriction also when its release time comes before it was proven. */
export function timeOutCause(action: Pick<MachineAction, 'status' | 'releaseAt'>, now: Instant): string {
  return action.releaseAt !== null && action.releaseAt <= now
    ? `its release time came while ${action.status}`
    : `timed out while ${action.status}`;
}

/** The action that lifts a restriction whose time is over. `restriction` is the one that the deadline belongs to. */
export function timedRelease(
  restriction: MachineAction,
  releaseAt: Instant,
  { id, at, deadline }: { id: string; at: Instant; deadline: Instant },
): MachineAction {
  return pendingAction({
    tenantId: restriction.tenantId,
    id,
    type: 'UnrestrictCodeExecution',
    control: restriction.control,
    machineId: restriction.machineId,
    computerDnsName: restriction.computerDnsName,
    requestor: `timed release of ${restriction.id}`,
    requestorComment: `The release time ${wireTime(releaseAt)}, which ${restriction.requestor} had set, was reached.`,
    at,
    externalId: restriction.externalId,
    releaseAt: null,
    releaseOf: restriction.id,
    deadline,
  });
}

/**
 * What a device's own release says of the present action. Where that is the timed release of the very restriction, and
 * the release is proven, the report counts as its outcome; any other stays what it is, a report of an older generation.
 */
export function ownRelease(report: Report, state: ControlState, present: MachineAction | null): Report {
  const matches =
    present !== null &&
    present.releaseOf !== null &&
    present.releaseOf === report.actionId &&
    report.generation < state.generation &&
    report.observed === state.mode &&
    carriesProof(report);
  if (!matches) return report;
  return { ...report, kind: 'outcome', generation: state.generation, actionId: present.id };
}
