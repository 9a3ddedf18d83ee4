import type { ActionTypeName, Control, Mode } from '../contract/control.ts';
import type { Evidence } from '../contract/device.ts';
import type { ActionStatus } from '../contract/machine-action.ts';
import type { Instant } from '../contract/time.ts';

/** A machine action as Cordon keeps it. */
export interface MachineAction {
  readonly tenantId: string;
  readonly id: string;
  readonly type: ActionTypeName;
  readonly control: Control | null;
  readonly machineId: string;
  readonly computerDnsName: string | null;
  readonly requestor: string;
  readonly requestorComment: string;
  readonly status: ActionStatus;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly cancellationRequestor: string | null;
  readonly cancellationComment: string | null;
  readonly cancelledAt: Instant | null;
  readonly errorHResult: number;
  readonly externalId: string | null;
  readonly requestSource: string;
  /** Generation of the desired mode that this action raised. */
  readonly generation: number;
  /** The desired mode and the action it followed from before this one. */
  readonly modeBefore: Mode;
  readonly actionBefore: string | null;
  /** When the machine is to be released, as the request asked; null for an action without such a time. */
  readonly releaseAt: Instant | null;
  /** The deadline that this action voided; it may come back with the mode before. */
  readonly releaseBefore: Instant | null;
  /** The restriction that this action ends because its time was over; null for what somebody asked. */
  readonly releaseOf: string | null;
  /** When the present status times out; null once final. */
  readonly deadline: Instant | null;
  /** Grows by one with each transition; the guard against acting on an old reading. */
  readonly revision: number;
}

/** Who or what made a transition. */
export interface Actor {
  readonly kind: 'application' | 'user' | 'device' | 'server';
  /** Application id, user principal name, machine id, or the part of the server. */
  readonly id: string;
  /** As shown to people. */
  readonly name: string;
}

/** One line of an action's history; inserted with the transition, never changed. */
export interface ActionEvent {
  readonly tenantId: string;
  readonly actionId: string;
  readonly revision: number;
  readonly at: Instant;
  readonly status: ActionStatus;
  readonly actor: Actor;
  /** Why: `requested`, `delivered`, `proven`, `refused by device`, `cancelled`, `timed out`, `reenrolled`, … */
  readonly cause: string;
  readonly evidence: Evidence | null;
}

/** Desired and observed mode of one control on one machine. */
export interface ControlState {
  readonly tenantId: string;
  readonly machineId: string;
  readonly control: Control;
  readonly mode: Mode;
  readonly generation: number;
  readonly actionId: string | null;
  readonly modeBefore: Mode;
  readonly actionBefore: string | null;
  /** When the server releases by itself; part of the desired state, so null unless that is `restricted`. */
  readonly releaseAt: Instant | null;
  readonly observedMode: Mode | null;
  readonly observedGeneration: number;
  readonly observedAt: Instant | null;
  readonly observedProven: boolean;
  readonly drifted: boolean;
  readonly evidence: Evidence | null;
  /** Whether an action of the control has not ended yet; it is the one that `actionId` names. */
  readonly active: boolean;
}

/** What a request decides of the action that it makes. */
export type NewAction = Pick<
  MachineAction,
  | 'tenantId'
  | 'id'
  | 'type'
  | 'control'
  | 'machineId'
  | 'computerDnsName'
  | 'requestor'
  | 'requestorComment'
  | 'externalId'
  | 'releaseAt'
  | 'releaseOf'
  | 'deadline'
> & { readonly at: Instant };

/** An action as it begins; what the store numbers is set by the store. */
export function pendingAction({ at, ...given }: NewAction): MachineAction {
  return {
    ...given,
    status: 'Pending',
    createdAt: at,
    updatedAt: at,
    cancellationRequestor: null,
    cancellationComment: null,
    cancelledAt: null,
    errorHResult: 0,
    requestSource: 'PublicApi',
    generation: 0,
    modeBefore: 'unmanaged',
    actionBefore: null,
    releaseBefore: null,
    revision: 1,
  };
}
