import type { ActionTypeName, Control, Mode } from '../../contract/control.ts';
import type { Evidence } from '../../contract/device.ts';
import type { ActionStatus } from '../../contract/machine-action.ts';
import type { ActionEvent, Actor, MachineAction } from '../../domain/action.ts';
import type { Row, Value } from '../sql.ts';
import { integer, json, maybeJson, maybeText, text } from './value.ts';

/** Columns of `machine_action` in the order of {@link actionParams}. */
export const ACTION_COLUMNS = [
  'tenant_id',
  'id',
  'type',
  'control',
  'machine_id',
  'computer_dns_name',
  'requestor',
  'requestor_comment',
  'status',
  'created_at',
  'updated_at',
  'cancellation_requestor',
  'cancellation_comment',
  'cancelled_at',
  'error_hresult',
  'external_id',
  'request_source',
  'release_at',
  'release_of',
  'deadline',
  'revision',
  'generation',
  'mode_before',
  'action_before',
  'release_before',
] as const;

/** How many of the columns the request gives; the last four come from the control's row. */
export const ACTION_GIVEN = ACTION_COLUMNS.length - 4;

export const actionParams = (action: MachineAction): Value[] => [
  action.tenantId,
  action.id,
  action.type,
  action.control,
  action.machineId,
  action.computerDnsName,
  action.requestor,
  action.requestorComment,
  action.status,
  action.createdAt,
  action.updatedAt,
  action.cancellationRequestor,
  action.cancellationComment,
  action.cancelledAt,
  action.errorHResult,
  action.externalId,
  action.requestSource,
  action.releaseAt,
  action.releaseOf,
  action.deadline,
  action.revision,
];

export const actionFrom = (row: Row): MachineAction => ({
  tenantId: text(row.tenant_id),
  id: text(row.id),
  type: text(row.type) as ActionTypeName,
  control: maybeText(row.control) as Control | null,
  machineId: text(row.machine_id),
  computerDnsName: maybeText(row.computer_dns_name),
  requestor: text(row.requestor),
  requestorComment: text(row.requestor_comment),
  status: text(row.status) as ActionStatus,
  createdAt: text(row.created_at),
  updatedAt: text(row.updated_at),
  cancellationRequestor: maybeText(row.cancellation_requestor),
  cancellationComment: maybeText(row.cancellation_comment),
  cancelledAt: maybeText(row.cancelled_at),
  errorHResult: integer(row.error_hresult),
  externalId: maybeText(row.external_id),
  requestSource: text(row.request_source),
  ...before(row),
  releaseAt: maybeText(row.release_at),
  releaseOf: maybeText(row.release_of),
  deadline: maybeText(row.deadline),
  revision: integer(row.revision),
});

/** What the store numbers, from a row that has at least these four columns. */
export const before = (
  row: Row,
): Pick<MachineAction, 'generation' | 'modeBefore' | 'actionBefore' | 'releaseBefore'> => ({
  generation: integer(row.generation),
  modeBefore: text(row.mode_before) as Mode,
  actionBefore: maybeText(row.action_before),
  releaseBefore: maybeText(row.release_before),
});

/** Columns of `action_event`; `late` stands last, because a late event counts it itself. */
export const EVENT_COLUMNS = [
  'tenant_id',
  'action_id',
  'revision',
  'at',
  'status',
  'actor_kind',
  'actor_id',
  'actor_name',
  'cause',
  'evidence',
  'late',
] as const;

/** All but `late`. */
export const eventParams = (event: ActionEvent): Value[] => [
  event.tenantId,
  event.actionId,
  event.revision,
  event.at,
  event.status,
  event.actor.kind,
  event.actor.id,
  event.actor.name,
  event.cause,
  json(event.evidence),
];

export const eventFrom = (row: Row): ActionEvent => ({
  tenantId: text(row.tenant_id),
  actionId: text(row.action_id),
  revision: integer(row.revision),
  at: text(row.at),
  status: text(row.status) as ActionStatus,
  actor: { kind: text(row.actor_kind) as Actor['kind'], id: text(row.actor_id), name: text(row.actor_name) },
  cause: text(row.cause),
  evidence: maybeJson<Evidence>(row.evidence),
});
