import { instantFrom, millisecondsOf } from '../contract/time.ts';
import type { CallStore } from '../store/port.ts';
import { cacheOf } from './cache.ts';
import { type CallWindow, countedIn, exceeded } from './call-windows.ts';
import type { Quota, QuotaOptions } from './quota.ts';

/**
 * Share of what is left of a window that a process takes at once. Calls that one process has taken and does not use are
 * missed by the others, so that a caller spread over N processes may be refused (N - 1) percent too early, never too late.
 */
const SHARE = 0.01;
/** Callers, by operation and window, whose leases are remembered. */
const LEASES = 50_000;
const EXPIRED_AT_ONCE = 500;

interface Lease {
  /** Calls taken from the shared window and not used yet. */
  left: number;
  /** Calls to take next time. */
  next: number;
  /** Milliseconds since 1970. */
  endsAt: number;
  full: boolean;
  taking: Promise<void> | null;
}

export interface SharedQuota extends Quota {
  take(...call: Parameters<Quota['take']>): Promise<void>;
  /** Removes windows that have ended from the store. */
  expire(): Promise<void>;
}

/** Windows that all processes share: each leases calls in blocks, which grow smaller as the window fills. */
export function createSharedQuota(options: QuotaOptions & { readonly store: CallStore }): SharedQuota {
  const { store, milliseconds } = options;
  const leases = cacheOf<Lease>(LEASES);

  const leaseOf = (name: string, points: number): Lease => {
    const present = leases.get(name);
    if (present !== undefined && milliseconds() < present.endsAt) return present;
    const endsAt = Number.POSITIVE_INFINITY;
    const fresh = {
      left: 0,
      next: Math.max(1, Math.floor(points * SHARE)),
      endsAt,
      full: false,
      taking: null,
    };
    leases.set(name, fresh);
    return fresh;
  };

  const take = async (lease: Lease, tenantId: string, name: string, window: CallWindow): Promise<void> => {
    for (const count of new Set([lease.next, 1])) {
      const now = milliseconds();
      const answer = await store.takeCalls({
        tenantId,
        name,
        limit: window.points,
        count,
        now: instantFrom(now),
        endsAt: instantFrom(now + window.seconds * 1000),
      });
      lease.endsAt = millisecondsOf(answer.endsAt);
      if (!answer.granted) continue;
      lease.left = count;
      lease.next = Math.max(1, Math.floor((window.points - answer.taken) * SHARE));
      return;
    }
    lease.full = true;
  };

  /** The lease that a call was counted in; null when the window is full. */
  const count = async (tenantId: string, name: string, window: CallWindow): Promise<Lease | Error> => {
    for (;;) {
      const lease = leaseOf(`${tenantId} ${name}`, window.points);
      if (lease.left > 0) {
        lease.left -= 1;
        return lease;
      }
      if (lease.full) return exceeded(window, lease.endsAt - milliseconds());
      lease.taking ??= take(lease, tenantId, name, window).finally(() => {
        lease.taking = null;
      });
      await lease.taking;
    }
  };

  return {
    async take(caller, operation) {
      const counted = countedIn(options.limit, caller, operation);
      const taken: Lease[] = [];
      for (const window of counted.windows) {
        const lease = await count(caller.tenantId, `${counted.name} ${window.seconds}`, window);
        if (lease instanceof Error) {
          // A refused call counts in no window.
          for (const other of taken) other.left += 1;
          throw lease;
        }
        taken.push(lease);
      }
    },
    reset: () => leases.clear(),
    async expire() {
      await store.expireCalls(instantFrom(milliseconds()), EXPIRED_AT_ONCE);
    },
  };
}
