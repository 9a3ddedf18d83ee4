import type { ActionStatus, WireMachineAction } from '../contract/machine-action.ts';
import { ClientError } from './error.ts';
import { pauseAfter, type RetryPolicy } from './retry.ts';
import { limited, type System } from './system.ts';

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of the first status and of each change. */
  readonly onChange?: ((action: WireMachineAction) => void) | undefined;
  /** Milliseconds after which the wait ends with `StillActive`; left out, it does not. */
  readonly timeout?: number | undefined;
  /** How many actions this caller waits for side by side; the pauses grow with it, so that rate limits hold. */
  readonly sideBySide?: number | undefined;
}

export interface WaitWorld {
  readonly retry: RetryPolicy;
  readonly system: System;
}

/** Milliseconds: a simulated device is done in 50, a real one takes seconds, one that is off takes days. */
const FIRST_PAUSE = 50;
const GROWTH = 1.5;
/** 30 calls a minute, of the 100 that the API allows. */
const LONGEST_PAUSE = 2000;
/** The longest `Retry-After` of the API; whatever asks for more is asked again after this long. */
const LONGEST_ASKED = 300_000;
/** A read that takes this long is a failure of its own; a shorter rest of the wait cuts it. */
const READ_LIMIT = 60_000;

const ACTIVE: readonly ActionStatus[] = ['Pending', 'InProgress'];

/** Whether an action has reached one of the statuses that never change. */
export function isFinal(action: { status: ActionStatus }): boolean {
  return !ACTIVE.includes(action.status);
}

/**
 * Reads an action again and again until it is final; what is known of it already is told before the first read.
 * Reads that are refused for now are made again for as long as the wait lasts, broken ones as often as the policy says.
 */
export async function waitUntilFinal(
  target: { readonly id: string; readonly begun: WireMachineAction | null },
  read: (signal: AbortSignal | undefined) => Promise<WireMachineAction>,
  options: WaitOptions,
  world: WaitWorld,
): Promise<WireMachineAction> {
  const { system } = world;
  const { signal, onChange, sideBySide = 1 } = options;
  const end = options.timeout === undefined ? Number.POSITIVE_INFINITY : system.now() + options.timeout;
  let seen = target.begun;
  let failures = 0;
  if (seen !== null) onChange?.(seen);
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * GROWTH, LONGEST_PAUSE)) {
    let asked = 0;
    const left = end - system.now();
    const limit = left > 0 && left < READ_LIMIT ? limited(signal, Math.ceil(left)) : signal;
    const isCut = () => limit?.aborted === true && signal?.aborted !== true;
    try {
      const action = await read(limit);
      if (action.status !== seen?.status) onChange?.(action);
      seen = action;
      failures = 0;
      if (isFinal(action)) return action;
    } catch (error) {
      signal?.throwIfAborted();
      if (!isCut()) asked = pauseToBear(error, ++failures, seen, world);
    }
    const rest = end - system.now();
    if (rest <= 0 || isCut()) throw stillActive(target.id, seen);
    await system.sleep(Math.min(Math.max(pause * sideBySide, asked), rest), signal);
  }
}

/** Milliseconds that the service asks for before the next read. @throws the error where none would help */
function pauseToBear(
  error: unknown,
  failure: number,
  action: WireMachineAction | null,
  { retry, system }: WaitWorld,
): number {
  if (!(error instanceof ClientError)) throw error;
  const asked = pauseAfter(error, failure, true, system);
  if (asked === null || (error.retryAfter === null && failure >= retry.attempts)) throw error.during(action);
  const bounded = Math.min(asked, LONGEST_ASKED);
  retry.onRetry?.(error, bounded);
  return bounded;
}

function stillActive(id: string, action: WireMachineAction | null): ClientError {
  return new ClientError({
    code: 'StillActive',
    message: `The action ${id} is still ${action?.status ?? 'active'}; the wait is over, the action goes on.`,
    action,
  });
}
