import type { ActionStatus } from '../../contract/machine-action.ts';
import type { AttemptError, DeliveryState } from '../../contract/webhook.ts';
import type { Delivery, DeliveryAttempt, Webhook } from '../../domain/webhook.ts';
import type { Row, Value } from '../sql.ts';
import { integer, maybeInteger, maybeText, text } from './value.ts';

/** Columns of `webhook` in the order of {@link webhookParams}. */
export const WEBHOOK_COLUMNS = [
  'tenant_id',
  'id',
  'name',
  'url',
  'secret',
  'previous_secret',
  'previous_until',
  'created_at',
  'created_by',
  'disabled_at',
  'disabled_because',
] as const;

export const webhookParams = (webhook: Webhook): Value[] => [
  webhook.tenantId,
  webhook.id,
  webhook.name,
  webhook.url,
  webhook.secret,
  webhook.previousSecret,
  webhook.previousUntil,
  webhook.createdAt,
  webhook.createdBy,
  webhook.disabledAt,
  webhook.disabledBecause,
];

export const webhookFrom = (row: Row): Webhook => ({
  tenantId: text(row.tenant_id),
  id: text(row.id),
  name: text(row.name),
  url: text(row.url),
  secret: text(row.secret),
  previousSecret: maybeText(row.previous_secret),
  previousUntil: maybeText(row.previous_until),
  createdAt: text(row.created_at),
  createdBy: text(row.created_by),
  disabledAt: maybeText(row.disabled_at),
  disabledBecause: maybeText(row.disabled_because) as Webhook['disabledBecause'],
});

export const DELIVERY_COLUMNS = [
  'tenant_id',
  'webhook_id',
  'action_id',
  'revision',
  'status',
  'created_at',
  'state',
  'attempts',
  'failures',
  'due_at',
  'ended_at',
  'last_status',
  'last_error',
] as const;

export const deliveryFrom = (row: Row): Delivery => ({
  tenantId: text(row.tenant_id),
  webhookId: text(row.webhook_id),
  actionId: text(row.action_id),
  revision: integer(row.revision),
  status: text(row.status) as ActionStatus,
  createdAt: text(row.created_at),
  state: text(row.state) as DeliveryState,
  attempts: integer(row.attempts),
  failures: integer(row.failures),
  dueAt: maybeText(row.due_at),
  endedAt: maybeText(row.ended_at),
  lastStatus: maybeInteger(row.last_status),
  lastError: maybeText(row.last_error) as AttemptError | null,
});

export const ATTEMPT_COLUMNS = [
  'tenant_id',
  'webhook_id',
  'action_id',
  'revision',
  'number',
  'at',
  'milliseconds',
  'status',
  'error',
] as const;

export const attemptFrom = (row: Row): DeliveryAttempt => ({
  number: integer(row.number),
  at: text(row.at),
  milliseconds: integer(row.milliseconds),
  status: maybeInteger(row.status),
  error: maybeText(row.error) as AttemptError | null,
});
