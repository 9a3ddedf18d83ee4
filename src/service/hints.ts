/** A wait for news of a machine that was announced before the state was read, so that no hint falls in between. */
export interface Listening {
  /** Resolves at the next hint, after `milliseconds`, or when the signal aborts. */
  news(milliseconds: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Tells waiting exchanges that a machine's desired mode may have moved. A lost hint costs time, never truth. */
export interface Hints {
  listen(machineId: string): Listening;
  wake(machineId: string): void;
  /** Ends up to so many of the present waits, the longest ones first; used when the server drains. */
  wakeSome(most: number): void;
  /** Exchanges that wait at this moment. */
  waiting(): number;
}

interface Waiter {
  /** False when it was woken before. */
  wake(): boolean;
}

/** Hints within one process. */
export function createHints(): Hints {
  const waiters = new Map<string, Set<Waiter>>();
  let count = 0;

  const listen = (machineId: string): Listening => {
    let woken = false;
    let resume: (() => void) | null = null;
    const waiter: Waiter = {
      wake: () => {
        const first = !woken;
        woken = true;
        resume?.();
        return first;
      },
    };
    const set = waiters.get(machineId) ?? new Set();
    waiters.set(machineId, set.add(waiter));
    count += 1;
    return {
      news(milliseconds, signal) {
        if (woken || signal.aborted) return Promise.resolve();
        return new Promise((resolve) => {
          const done = () => {
            clearTimeout(timer);
            signal.removeEventListener('abort', done);
            resume = null;
            resolve();
          };
          const timer = setTimeout(done, milliseconds);
          signal.addEventListener('abort', done);
          resume = done;
        });
      },
      close() {
        if (!set.delete(waiter)) return;
        count -= 1;
        if (set.size === 0 && waiters.get(machineId) === set) waiters.delete(machineId);
      },
    };
  };

  return {
    listen,
    wake(machineId) {
      for (const waiter of waiters.get(machineId) ?? []) waiter.wake();
    },
    wakeSome(most) {
      let left = most;
      for (const set of waiters.values()) {
        for (const waiter of set) {
          if (left <= 0) return;
          if (waiter.wake()) left -= 1;
        }
      }
    },
    waiting: () => count,
  };
}
