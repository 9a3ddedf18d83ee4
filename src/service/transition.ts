import type { Evidence } from '../contract/device.ts';
import { type Instant, later } from '../contract/time.ts';
import type { Actor, MachineAction } from '../domain/action.ts';
import { desiredAfter } from '../domain/desired-mode.ts';
import { advance, isFinal, type LifecycleEvent } from '../domain/lifecycle.ts';
import type { Observed, Transition } from '../store/port.ts';

/** HRESULT of an action that did not succeed: E_FAIL, unspecified failure. */
const E_FAIL = -2_147_467_259;

/** What a transition needs beside the action and the event. */
export interface Circumstances {
  readonly at: Instant;
  readonly actor: Actor;
  readonly cause: string;
  /** When the new status times out; ignored for final ones. */
  readonly deadline: Instant | null;
  readonly cancellation?: { readonly requestor: string; readonly comment: string | null };
  readonly undone?: boolean;
  readonly observed?: Observed | null;
  readonly evidence?: Evidence | null;
  /** False where the end does not move the desired mode, whatever the table says (a replaced device key). */
  readonly movesDesired?: boolean;
}

/**
 * The transition that an event makes of an action, ready for the store, or null when the event cannot happen in the
 * action's status.
 */
export function transitionOf(
  action: MachineAction,
  event: LifecycleEvent,
  how: Circumstances,
): Transition | null {
  const status = advance(action.status, event);
  if (status === null) return null;
  const final = isFinal(status);
  const at = later(how.at, action.updatedAt);
  const end = { status, from: action.status, undone: how.undone ?? false, at };
  return {
    tenantId: action.tenantId,
    actionId: action.id,
    machineId: action.machineId,
    control: action.control,
    fromRevision: action.revision,
    status,
    at,
    deadline: final ? null : how.deadline,
    cancellation: how.cancellation ?? null,
    errorHResult: status === 'Failed' || status === 'TimeOut' ? E_FAIL : 0,
    desired: final && how.movesDesired !== false ? desiredAfter(action, end) : null,
    observed: how.observed ?? null,
    event: {
      tenantId: action.tenantId,
      actionId: action.id,
      revision: action.revision + 1,
      at,
      status,
      actor: how.actor,
      cause: how.cause,
      evidence: how.evidence ?? null,
    },
  };
}

/** The action as it is after a transition that the store accepted. */
export function afterTransition(action: MachineAction, transition: Transition): MachineAction {
  return {
    ...action,
    status: transition.status,
    updatedAt: transition.at,
    deadline: transition.deadline,
    errorHResult: transition.errorHResult,
    revision: transition.fromRevision + 1,
    cancellationRequestor: transition.cancellation?.requestor ?? action.cancellationRequestor,
    cancellationComment: transition.cancellation?.comment ?? action.cancellationComment,
    cancelledAt: transition.cancellation === null ? action.cancelledAt : transition.at,
  };
}
