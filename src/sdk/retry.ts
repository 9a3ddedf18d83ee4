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
/** Milliseconds by which callers that were told the same pause come back apart. */
const SPREAD = 500;

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
      const pause = pauseAfter(error, attempt, repeatable, system);
      if (pause === null || (error.retryAfter ?? 0) > policy.longestPause) throw error;
      policy.onRetry?.(error, pause);
      await system.sleep(pause, signal);
    }
  }
}

/** Milliseconds to wait before the next attempt, never less than the service asks for; null when there is to be none. */
export function pauseAfter(
  error: ClientError,
  attempt: number,
  repeatable: boolean,
  system: System,
): number | null {
  const asked = error.retryAfter;
  const growing = Math.round(FIRST_PAUSE * 2 ** (attempt - 1) * (1 + system.random() / 2));
  // A proxy says 503 of its own accord when the connection behind it breaks; the service itself adds when to come again.
  const refused = error.status === 429 || (error.status === 503 && (repeatable || asked !== null));
  if (refused) return asked === null ? growing : asked * 1000 + Math.round(system.random() * SPREAD);
  return repeatable && isBroken(error) ? growing : null;
}

/** Connections that broke; a refused one or an unknown name stays so for longer than a person waits. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

function isBroken(error: ClientError): boolean {
  if (error.code !== 'Unreachable') return false;
  const code = systemCode(error.cause);
  // Browsers tell of no connection why it failed.
  return code === null ? error.cause instanceof TypeError : BROKEN.has(code);
}

/** Seconds of a `Retry-After`, in either of its forms; null where there is none to be understood. */
export function secondsToWait(response: Response, system: System): number | null {
  const header = response.headers.get('retry-after');
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - system.now()) / 1000));
}
