import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Operation, RateLimit } from '../contract/operation.ts';
import type { Caller } from '../domain/caller.ts';
import { type CallWindow, countedIn, exceeded } from './call-windows.ts';

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

/** Counts in the memory of this process. */
export function createQuota({ limit }: QuotaOptions): Quota {
  const limiters = new Map<CallWindow, RateLimiterMemory>();

  const limiterOf = (window: CallWindow): RateLimiterMemory => {
    const present = limiters.get(window);
    if (present !== undefined) return present;
    const made = new RateLimiterMemory({ points: window.points, duration: window.seconds });
    limiters.set(window, made);
    return made;
  };

  return {
    async take(caller, operation) {
      const { name, windows } = countedIn(limit, caller, operation);
      if (windows.length === 0) return;
      const key = `${caller.tenantId}:${name}`;
      const taken: RateLimiterMemory[] = [];
      for (const window of windows) {
        const limiter = limiterOf(window);
        try {
          await limiter.consume(key);
          taken.push(limiter);
        } catch (refusal) {
          if (refusal instanceof Error) throw refusal;
          // A refused call counts in no window, or clients that try too early would use up their hour.
          for (const other of taken) await other.reward(key);
          throw exceeded(window, (refusal as RateLimiterRes).msBeforeNext);
        }
      }
    },
    reset: () => limiters.clear(),
  };
}
