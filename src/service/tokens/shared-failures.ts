import { instantFrom, millisecondsOf } from '../../contract/time.ts';
import type { CallStore } from '../../store/port.ts';
import { cacheOf } from '../cache.ts';
import type { FailureLimit, Failures } from './failures.ts';
import { refuse } from './refusal.ts';

/** Addresses with a client's or person's name that this process knows to be over the limit. */
const KEPT = 50_000;
/** They are of no tenant: who proves nothing belongs to none. */
const NO_TENANT = '';

/**
 * Counts in the store, for all processes together. A process that has not seen the limit reached learns of it with the
 * next failure that it counts, so that N processes let N - 1 attempts more pass at the most, and a proof that succeeds asks
 * the store for nothing.
 * @param milliseconds since 1970, by the wall clock, which the processes share
 */
export function createSharedFailures(
  limit: FailureLimit,
  { store, milliseconds }: { readonly store: CallStore; readonly milliseconds: () => number },
): Failures {
  const reached = cacheOf<{ readonly endsAt: number }>(KEPT);
  return {
    async refusal(name, address) {
      const window = reached.get(`${address} ${name}`);
      if (window === undefined) return null;
      const left = window.endsAt - milliseconds();
      return left <= 0 ? null : refuse('tooManyFailures', name, Math.ceil(left / 1000));
    },
    async count(name, address) {
      const now = milliseconds();
      const taken = await store.takeCalls({
        tenantId: NO_TENANT,
        name: `failed proof ${address} ${name}`,
        limit: limit.failures,
        count: 1,
        now: instantFrom(now),
        endsAt: instantFrom(now + limit.within * 1000),
      });
      if (taken.granted && taken.taken < limit.failures) return;
      reached.set(`${address} ${name}`, { endsAt: millisecondsOf(taken.endsAt) });
    },
  };
}
