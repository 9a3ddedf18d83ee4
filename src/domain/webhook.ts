import type { ActionStatus } from '../contract/machine-action.ts';
import type { Instant } from '../contract/time.ts';
import type { AttemptError, DeliveryState } from '../contract/webhook.ts';
import type { ActionEvent, MachineAction } from './action.ts';

/** Somebody's address that is told every transition of a tenant's actions. */
export interface Webhook {
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  readonly url: string;
  /** `whsec_…`, as it is: what signs cannot be kept as a hash. */
  readonly secret: string;
  /** The secret before the last rotation, which signs too until `previousUntil`. */
  readonly previousSecret: string | null;
  readonly previousUntil: Instant | null;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly disabledAt: Instant | null;
  readonly disabledBecause: 'asked' | 'gone' | null;
}

/** Which delivery: one transition of an action to one webhook. */
export interface DeliveryKey {
  readonly tenantId: string;
  readonly webhookId: string;
  readonly actionId: string;
  readonly revision: number;
}

export interface Delivery extends DeliveryKey {
  /** Status that the transition led to. */
  readonly status: ActionStatus;
  readonly createdAt: Instant;
  readonly state: DeliveryState;
  /** Attempts begun, replays included. */
  readonly attempts: number;
  /** Attempts that failed since it was written or last replayed: its place in the schedule. */
  readonly failures: number;
  /** When the next attempt may begin, or the present one's lease ends; null once it has ended. */
  readonly dueAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly lastStatus: number | null;
  readonly lastError: AttemptError | null;
}

export interface DeliveryAttempt {
  readonly number: number;
  readonly at: Instant;
  readonly milliseconds: number;
  readonly status: number | null;
  readonly error: AttemptError | null;
}

/** How an attempt ended: an answer, or the reason why there was none. */
export type AttemptResult =
  | { readonly status: number; readonly retryAfterSeconds: number | null }
  | { readonly error: AttemptError };

/** Name of a message: the same for each attempt, so that a receiver knows a repetition. Without dots, which part what is signed. */
export const messageId = (actionId: string, revision: number): string => `evt_${actionId}_${revision}`;

/** The action and revision that a message's name tells; null for any other text. */
export function messageOf(id: string): { actionId: string; revision: number } | null {
  const parts = /^evt_([0-9a-f-]{36})_(\d{1,9})$/.exec(id);
  return parts === null ? null : { actionId: parts[1] as string, revision: Number(parts[2]) };
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Milliseconds before each further attempt, as Standard Webhooks recommends: 75 hours in all. */
export const RETRY_DELAYS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
/** Part of a delay that chance adds, so that what failed together does not come back together. */
const JITTER = 0.2;
/** A receiver that asks for more patience than this is asked earlier. */
const LONGEST_ASKED = HOUR;

/** What an attempt makes of its delivery. */
export type Verdict =
  | { readonly kind: 'delivered' }
  /** `gone` disables the webhook, for which the delivery then waits. */
  | { readonly kind: 'retry' | 'gone'; readonly delay: number }
  | { readonly kind: 'givenUp' };

/**
 * @param failures attempts of the schedule that failed before this one
 * @param chance from 0 to 1
 */
export function verdictOn(result: AttemptResult, failures: number, chance: number): Verdict {
  if ('status' in result && result.status >= 200 && result.status < 300) return { kind: 'delivered' };
  if ('error' in result && result.error === 'removed') return { kind: 'givenUp' };
  const base = RETRY_DELAYS[failures];
  const gone = 'status' in result && result.status === 410;
  // What waits for a disabled webhook is not given up: enabling it sends it once more.
  if (base === undefined) return gone ? { kind: 'gone', delay: 0 } : { kind: 'givenUp' };
  const asked = 'status' in result ? (result.retryAfterSeconds ?? 0) * SECOND : 0;
  const delay = Math.round(Math.max(base, Math.min(asked, LONGEST_ASKED)) * (1 + JITTER * chance));
  return { kind: gone ? 'gone' : 'retry', delay };
}

/** The action as it was right after the transition of an event: what only its end brought is not there before. */
export function actionAt(action: MachineAction, event: ActionEvent): MachineAction {
  if (event.revision === action.revision) return action;
  return {
    ...action,
    status: event.status,
    updatedAt: event.at,
    revision: event.revision,
    errorHResult: 0,
    cancellationRequestor: null,
    cancellationComment: null,
    cancelledAt: null,
  };
}
