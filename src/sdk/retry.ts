import { ClientError, systemCode } from './error.ts';
import type { System } from './system.ts';

/** When a refused or broken call is made again. */
export interface RetryPolicy {
  /** Calls in all, the first included. */
  readonly attempts: number;
  /** A service that asks for a longer pause (seconds) gets no further call; the error says how long it asked for. */
  readonly longestPause: number;
  /** Told before each pause. */
  readonly onRetry?: (error: ClientError, pauseMilliseconds: number) => void;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 5, longestPause: 60 };

const FIRST_PAUSE = 200;

/**
 * Repeats `call` after 429 and 503, for as long as the service asks, and after a broken connection when `repeatable`
 * says that a second arrival does no harm.
 */
export async function withRetries<T>(
  call: () => Promise<T>,
  repeatable: boolean,
  policy: RetryPolicy,
  system: System,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ClientError) || attempt >= policy.attempts) throw error;
      const pause = pauseAfter(error, attempt, repeatable, policy);
      if (pause === null) throw error;
      policy.onRetry?.(error, pause);
      await system.sleep(pause, signal);
    }
  }
}

/** Milliseconds to wait before the next attempt; null when there is to be none. */
function pauseAfter(
  error: ClientError,
  attempt: number,
  repeatable: boolean,
  policy: RetryPolicy,
): number | null {
  const growing = FIRST_PAUSE * 2 ** (attempt - 1);
  if (error.status === 429 || error.status === 503) {
    const asked = error.retryAfter;
    if (asked !== null && asked > policy.longestPause) return null;
    return asked === null ? growing : asked * 1000;
  }
  return repeatable && BROKEN.has(systemCode(error.cause) ?? '') ? growing : null;
}

/** Connections that broke; a refused one or an unknown name stays so for longer than a person waits. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);
