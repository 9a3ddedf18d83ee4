import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Operation, RateLimit } from '../contract/operations.ts';
import type { Caller } from '../domain/caller.ts';
import { CordonError } from '../domain/error.ts';
import { callerKey } from './call.ts';

/** Counts calls: an application per operation, a user over all operations together. */
export interface Quota {
  /** @throws CordonError `TooManyRequests` with the time until the next call is free */
  take(caller: Caller, operation: Operation): Promise<void>;
  /** Forgets every count. */
  reset(): void;
}

export interface QuotaOptions {
  /** Replaces the limits that the table has; null leaves them. `off` counts nothing. */
  readonly limit: RateLimit | 'off' | null;
}

/** Limits must not slow a responder down (design, part 4). */
const USER_PER_MINUTE = 1200;
/** Clients take a `Retry-After` of at most 300 (reference, section 15); decision 0008. */
const RETRY_AFTER_MAXIMUM = 300;

interface Window {
  readonly limiter: RateLimiterMemory;
  readonly text: string;
}

const window = (points: number, duration: number, text: string): Window => ({
  limiter: new RateLimiterMemory({ points, duration }),
  text,
});

/**
 * Fixed windows that begin with the first call, in the memory of this process. The longer one is asked first, so that
 * a caller is told the time after which both are free.
 */
export function createQuota({ limit }: QuotaOptions): Quota {
  const windows = new Map<string, readonly Window[]>();

  const windowsOf = (perMinute: number, perHour: number | null): readonly Window[] => {
    const name = `${perMinute}/${perHour}`;
    const present = windows.get(name);
    if (present !== undefined) return present;
    const minute = window(perMinute, 60, `${perMinute} per 00:01:00`);
    const made = perHour === null ? [minute] : [window(perHour, 3600, `${perHour} per 01:00:00`), minute];
    windows.set(name, made);
    return made;
  };

  return {
    async take(caller, operation) {
      if (limit === 'off') return;
      const user = caller.kind === 'user';
      const counted = operation.limit === null ? null : (limit ?? operation.limit);
      if (counted === null && !user) return;
      const key = `${caller.tenantId}:${callerKey(caller)}:${user ? '' : operation.id}`;
      const [perMinute, perHour] = user ? [USER_PER_MINUTE, null] : [counted!.perMinute, counted!.perHour];
      const taken: Window[] = [];
      for (const window of windowsOf(perMinute, perHour)) {
        try {
          await window.limiter.consume(key);
          taken.push(window);
        } catch (refusal) {
          if (refusal instanceof Error) throw refusal;
          // A refused call counts in no window, or clients that try too early would use up their hour.
          for (const { limiter } of taken) await limiter.reward(key);
          throw exceeded(window.text, (refusal as RateLimiterRes).msBeforeNext);
        }
      }
    },
    reset: () => windows.clear(),
  };
}

function exceeded(text: string, millisecondsLeft: number): CordonError {
  const seconds = Math.min(RETRY_AFTER_MAXIMUM, Math.max(1, Math.ceil(millisecondsLeft / 1000)));
  return new CordonError('TooManyRequests', `API calls quota exceeded! maximum allowed ${text}.`, {
    retryAfter: seconds,
  });
}
