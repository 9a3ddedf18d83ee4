import { wireTime } from '../../contract/time.ts';
import {
  TRANSITION_EVENTS,
  type WireDelivery,
  type WireDeliveryAttempt,
  type WireWebhook,
  type WireWebhookSecret,
} from '../../contract/webhook.ts';
import { type Delivery, type DeliveryAttempt, messageId, type Webhook } from '../../domain/webhook.ts';

const maybeTime = (instant: string | null): string | null => (instant === null ? null : wireTime(instant));

/** A webhook without its secrets. */
export function wireWebhook(webhook: Webhook): WireWebhook {
  return {
    id: webhook.id,
    name: webhook.name,
    url: webhook.url,
    enabled: webhook.disabledAt === null,
    disabledAt: maybeTime(webhook.disabledAt),
    disabledBecause: webhook.disabledBecause,
    createdAt: wireTime(webhook.createdAt),
    createdBy: webhook.createdBy,
    previousSecretUntil: maybeTime(webhook.previousUntil),
  };
}

/** Only for the answer that makes the secret. */
export const wireWebhookSecret = (webhook: Webhook): WireWebhookSecret => ({
  ...wireWebhook(webhook),
  secret: webhook.secret,
});

export function wireDelivery(delivery: Delivery): WireDelivery {
  return {
    id: messageId(delivery.actionId, delivery.revision),
    type: TRANSITION_EVENTS[delivery.status],
    actionId: delivery.actionId,
    revision: delivery.revision,
    state: delivery.state,
    attempts: delivery.attempts,
    createdAt: wireTime(delivery.createdAt),
    nextAttemptAt: maybeTime(delivery.dueAt),
    endedAt: maybeTime(delivery.endedAt),
    lastStatus: delivery.lastStatus,
    lastError: delivery.lastError,
  };
}

export const wireDeliveryAttempt = (attempt: DeliveryAttempt): WireDeliveryAttempt => ({
  ...attempt,
  at: wireTime(attempt.at),
});
