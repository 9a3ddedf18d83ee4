import { RateLimiterMemory } from 'rate-limiter-flexible';
import { type Refused, refuse } from './refusal.ts';

/** Failed proofs that one address may make for one client before it has to wait. */
export interface FailureLimit {
  readonly failures: number;
  /** Seconds. */
  readonly within: number;
}

/** Guessing 256 bits is hopeless anyway; the limit keeps the attempts from costing us, and passwords from being tried. */
export const FAILURE_LIMIT: FailureLimit = { failures: 30, within: 60 };

export interface Failures {
  /** The refusal while the limit is reached, else null. */
  refusal(name: string, address: string): Promise<Refused | null>;
  count(name: string, address: string): Promise<void>;
}

/**
 * Counts by name and address together: who knows only a client's id cannot lock the client out from elsewhere.
 * @param limit null counts nothing
 */
export function createFailures(limit: FailureLimit | null): Failures {
  if (limit === null) return { refusal: async () => null, count: async () => {} };
  const limiter = new RateLimiterMemory({ points: limit.failures, duration: limit.within });
  return {
    async refusal(name, address) {
      const counted = await limiter.get(`${address} ${name}`);
      if (counted === null || counted.consumedPoints < limit.failures || counted.msBeforeNext <= 0)
        return null;
      return refuse('tooManyFailures', name, Math.max(1, Math.ceil(counted.msBeforeNext / 1000)));
    },
    async count(name, address) {
      await limiter.penalty(`${address} ${name}`);
    },
  };
}
