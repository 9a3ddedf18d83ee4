import type { WireActionEvent, WireActionState } from '../../contract/cordon.ts';
import type { WireMachineAction } from '../../contract/machine-action.ts';
import { wireTime } from '../../contract/time.ts';
import type { ActionEvent, MachineAction } from '../../domain/action.ts';

/** A machine action as the wire has it, its 20 properties in the captured order (reference, section 4). */
export function wireMachineAction(action: MachineAction): WireMachineAction {
  return {
    id: action.id,
    type: action.type,
    title: null,
    requestor: action.requestor,
    requestorComment: action.requestorComment,
    status: action.status,
    machineId: action.machineId,
    computerDnsName: action.computerDnsName,
    creationDateTimeUtc: wireTime(action.createdAt),
    lastUpdateDateTimeUtc: wireTime(action.updatedAt),
    cancellationRequestor: action.cancellationRequestor,
    cancellationComment: action.cancellationComment,
    cancellationDateTimeUtc: action.cancelledAt === null ? null : wireTime(action.cancelledAt),
    errorHResult: action.errorHResult,
    scope: null,
    externalId: action.externalId,
    requestSource: action.requestSource,
    relatedFileInfo: null,
    commands: [],
    troubleshootInfo: null,
  };
}

/** The vendor's action with what it has no place for: a release that was asked for with it. */
export function wireActionState(action: MachineAction, releaseStands: boolean): WireActionState {
  const { releaseAt, releaseOf } = action;
  return {
    ...wireMachineAction(action),
    releaseAt: releaseAt === null ? null : wireTime(releaseAt),
    releaseStands,
    releaseOf,
  };
}

export function wireActionEvent(event: ActionEvent): WireActionEvent {
  return {
    revision: event.revision,
    at: wireTime(event.at),
    status: event.status,
    actor: event.actor,
    cause: event.cause,
    evidence: event.evidence,
  };
}
