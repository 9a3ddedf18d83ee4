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
  /** Ends every wait; used when the server drains. */
  wakeAll(): void;
  /** Exchanges that wait at this moment. */
  waiting(): number;
}

type Waiter = { wake: () => void };

/** Hints within one process. */
export function createHints(): Hints {
  const waiters = new Map<string, Set<Waiter>>();
  let count = 0;

  const listen = (machineId: string): Listening => {
    let woken = false;
    let resume: (() => void) | null = null;
    const waiter: Waiter = {
      wake: () => {
        woken = true;
        resume?.();
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
    wakeAll() {
      for (const set of waiters.values()) for (const waiter of set) waiter.wake();
    },
    waiting: () => count,
  };
}
