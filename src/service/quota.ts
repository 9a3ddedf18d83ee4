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
  /** Replaces the limits of the table; null leaves them. `off` counts nothing. */
  readonly limit: RateLimit | 'off' | null;
}

/** Limits must not slow a responder down (design, part 4). */
const USER_PER_MINUTE = 1200;
/** Clients take a `Retry-After` of at most 300 (reference, section 15). */
const RETRY_AFTER_MAXIMUM = 300;

interface Window {
  readonly limiter: RateLimiterMemory;
  readonly text: string;
}

/** Fixed windows that begin with the first call, in the memory of this process. */
export function createQuota({ limit }: QuotaOptions): Quota {
  const windows = new Map<string, readonly Window[]>();

  const windowsOf = (perMinute: number, perHour: number | null): readonly Window[] => {
    const name = `${perMinute}/${perHour}`;
    const present = windows.get(name);
    if (present !== undefined) return present;
    const made = [
      {
        limiter: new RateLimiterMemory({ points: perMinute, duration: 60 }),
        text: `${perMinute} per 00:01:00`,
      },
    ];
    if (perHour !== null) {
      made.push({
        limiter: new RateLimiterMemory({ points: perHour, duration: 3600 }),
        text: `${perHour} per 01:00:00`,
      });
    }
    windows.set(name, made);
    return made;
  };

  return {
    async take(caller, operation) {
      if (limit === 'off') return;
      const user = caller.kind === 'user';
      const counted = limit ?? operation.limit;
      if (counted === null && !user) return;
      const key = `${caller.tenantId}:${callerKey(caller)}:${user ? '' : operation.id}`;
      const [perMinute, perHour] = user ? [USER_PER_MINUTE, null] : [counted!.perMinute, counted!.perHour];
      for (const window of windowsOf(perMinute, perHour)) {
        await window.limiter.consume(key).catch((refusal: RateLimiterRes | Error) => {
          if (refusal instanceof Error) throw refusal;
          throw exceeded(window.text, refusal.msBeforeNext);
        });
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
