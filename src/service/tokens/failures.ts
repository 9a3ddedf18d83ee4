import { createWindows } from '../windows.ts';
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
 * Counts by name and address together, in the memory of this process: who knows only a client's id cannot lock the client
 * out from elsewhere.
 * @param limit null counts nothing
 * @param milliseconds a clock that does not jump
 */
export function createFailures(limit: FailureLimit | null, milliseconds: () => number): Failures {
  if (limit === null) return { refusal: async () => null, count: async () => {} };
  const windows = createWindows(limit.within, milliseconds);
  return {
    async refusal(name, address) {
      const window = windows.open(`${address} ${name}`);
      if (window === null || window.count < limit.failures) return null;
      return refuse('tooManyFailures', name, Math.ceil((window.endsAt - milliseconds()) / 1000));
    },
    async count(name, address) {
      windows.begin(`${address} ${name}`).count += 1;
    },
  };
}
