import type { Operation, RateLimit } from '../contract/operation.ts';
import type { Caller } from '../domain/caller.ts';
import { type CallWindow, countedIn, exceeded } from './call-windows.ts';
import { createWindows, type Windows } from './windows.ts';

/** Counts calls: an application per operation, a user over all operations together. */
export interface Quota {
  /** @throws CordonError `TooManyRequests` with the time until the next call is free */
  take(caller: Caller, operation: Operation): void | Promise<void>;
  /** Forgets every count. */
  reset(): void;
}

export interface QuotaOptions {
  /** Replaces the limits that the table has; null leaves them. `off` counts nothing. */
  readonly limit: RateLimit | 'off' | null;
  readonly milliseconds: () => number;
}

/** Counts in the memory of this process. */
export function createQuota({ limit, milliseconds }: QuotaOptions): Quota {
  const lengths = new Map<number, Windows>();

  const windowsOf = ({ seconds }: CallWindow): Windows => {
    const present = lengths.get(seconds);
    if (present !== undefined) return present;
    const made = createWindows(seconds, milliseconds);
    lengths.set(seconds, made);
    return made;
  };

  return {
    take(caller, operation) {
      const { name, windows } = countedIn(limit, caller, operation);
      if (windows.length === 0) return;
      const key = `${caller.tenantId}:${name}`;
      const open = windows.map((window) => windowsOf(window).begin(key));
      // A refused call counts in no window, or clients that try too early would use up their hour.
      for (const [index, window] of windows.entries()) {
        const { count, endsAt } = open[index]!;
        if (count >= window.points) throw exceeded(window, endsAt - milliseconds());
      }
      for (const window of open) window.count += 1;
    },
    reset() {
      for (const windows of lengths.values()) windows.clear();
    },
  };
}
