/**
 * What a webhook is told of machine actions, and what its administration answers under `/cordon/v1/webhooks`. Free of
 * TypeBox, so that the command can use it; the bodies stand in `cordon.ts`.
 */
import type { ActionStatus, WireMachineAction } from './machine-action.ts';

/** CloudEvents type of the transition into each status. */
export const TRANSITION_EVENTS: Readonly<Record<ActionStatus, string>> = {
  Pending: 'dev.cordon.machineaction.pending',
  InProgress: 'dev.cordon.machineaction.inprogress',
  Succeeded: 'dev.cordon.machineaction.succeeded',
  Failed: 'dev.cordon.machineaction.failed',
  TimeOut: 'dev.cordon.machineaction.timeout',
  Cancelled: 'dev.cordon.machineaction.cancelled',
};
/** What `cordon webhook test` sends. */
export const TEST_EVENT = 'dev.cordon.webhook.test';

/** Media type of every message: the structured mode of CloudEvents 1.0, section 3.1 of its JSON format. */
export const MESSAGE_TYPE = 'application/cloudevents+json; charset=utf-8';

/** Webhooks that one tenant may have. */
export const MOST_WEBHOOKS = 10;
/** Hours for which the secret before a rotation signs too, when the request names none; 0 to a week. */
export const OVERLAP_HOURS = { preset: 24, most: 168 } as const;
/** Deliveries on a page when the caller names no number, and at the most. */
export const DELIVERY_PAGE = { preset: 100, most: 1000 } as const;

/** `waiting` is everything that has not ended; only an end without success is `failed`. */
export const DELIVERY_STATES = ['waiting', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Why an attempt got no answer. */
export const ATTEMPT_ERRORS = {
  address: 'the host resolves to an address that --webhook-allow does not permit',
  name: 'the host has no address',
  connection: 'no connection was made',
  certificate: 'the certificate is not trusted, or TLS failed',
  reset: 'the connection broke before the answer',
  timeout: 'no answer came in time',
  answer: 'what came is no HTTP answer',
  removed: 'the action is not kept any more',
} as const;
export type AttemptError = keyof typeof ATTEMPT_ERRORS;

/** A webhook without its secrets, which only the answers that make them carry. */
export interface WireWebhook {
  id: string;
  name: string;
  url: string;
  /** False: nothing is sent; what happens meanwhile waits. */
  enabled: boolean;
  disabledAt: string | null;
  /** `asked` by an administrator, or `gone`: the receiver answered 410. */
  disabledBecause: 'asked' | 'gone' | null;
  createdAt: string;
  createdBy: string;
  /** Until when the secret before the last rotation signs too; null when there is none. */
  previousSecretUntil: string | null;
}
export interface WireWebhookSecret extends WireWebhook {
  /** `whsec_` and base64, as Standard Webhooks has it. */
  secret: string;
}

/** One transition on its way to one webhook. */
export interface WireDelivery {
  /** The message's `webhook-id` and CloudEvents id; the same for each attempt and for each webhook. */
  id: string;
  /** CloudEvents type. */
  type: string;
  actionId: string;
  revision: number;
  state: DeliveryState;
  /** Attempts made so far, replays included. */
  attempts: number;
  createdAt: string;
  /** When the next attempt may be made; null when there is none. */
  nextAttemptAt: string | null;
  endedAt: string | null;
  /** HTTP status of the last attempt; null when there was no answer yet, or none to it. */
  lastStatus: number | null;
  lastError: AttemptError | null;
}
export interface WireDeliveryAttempt {
  number: number;
  at: string;
  milliseconds: number;
  status: number | null;
  error: AttemptError | null;
}
export interface WireDeliveryDetails extends WireDelivery {
  /** Oldest first. What the receiver wrote beside its status is never kept. */
  attemptLog: WireDeliveryAttempt[];
}
/** Answer to a test: nothing of what the receiver wrote but its status. */
export interface WireWebhookTest {
  delivered: boolean;
  status: number | null;
  error: AttemptError | null;
  /** What the error means, for people. */
  message: string | null;
  milliseconds: number;
}
export interface WireReplayed {
  /** Deliveries that wait again. */
  replayed: number;
}

/** The proof in a few words; all of it is in the action's history. */
export interface WireEvidenceSummary {
  driver: string;
  driverVersion: string | null;
  checks: number;
  /** Names of the checks that did not pass, 20 at most. */
  failed: string[];
}

/** `data` of a transition's message. */
export interface WireTransition {
  /** The action as the API showed it right after the transition. */
  action: WireMachineAction;
  event: {
    /** 1 for the request, one more with each transition: the order to trust, whatever arrives when. */
    revision: number;
    at: string;
    status: ActionStatus;
    actor: { kind: string; id: string; name: string };
    cause: string;
    evidence: WireEvidenceSummary | null;
  };
}

/** A message as it is sent (CloudEvents 1.0, JSON). */
export interface WireMessage<T> {
  specversion: '1.0';
  id: string;
  /** Public address of the server, a slash, and the tenant's id. */
  source: string;
  type: string;
  /** The action's id; left out of a test. */
  subject?: string;
  time: string;
  datacontenttype: 'application/json';
  data: T;
}
