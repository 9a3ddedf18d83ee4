import type { Clock } from './clock.ts';

/** Tells one waiter that there is something to do. A ring that nobody waits for is kept for the next wait. */
export interface Bell {
  ring(): void;
  /** Forgets a ring that nobody waited for. */
  clear(): void;
  /** Resolves when the bell was rung, after `milliseconds` (null: never by time), or when the signal aborts. */
  wait(milliseconds: number | null, signal: AbortSignal): Promise<void>;
  /** Runs the work with a signal that aborts when the bell rings; null when that ended it. A ring from before counts. */
  interrupt<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T | null>;
}

export function createBell(clock: Clock): Bell {
  let rung = false;
  let listener: (() => void) | null = null;

  const listen = (signal: AbortSignal, callback: () => void): (() => void) => {
    const stop = () => {
      signal.removeEventListener('abort', heard);
      if (listener === heard) listener = null;
    };
    const heard = () => {
      rung = false;
      stop();
      callback();
    };
    if (rung || signal.aborted) {
      heard();
      return stop;
    }
    signal.addEventListener('abort', heard);
    listener = heard;
    return stop;
  };

  return {
    ring() {
      if (listener === null) rung = true;
      else listener();
    },
    clear() {
      rung = false;
    },
    wait(milliseconds, signal) {
      return new Promise((resolve) => {
        let cancel: (() => void) | null = null;
        let over = false;
        const stop = listen(signal, () => {
          over = true;
          cancel?.();
          resolve();
        });
        if (over || milliseconds === null) return;
        cancel = clock.after(milliseconds, () => {
          stop();
          resolve();
        });
      });
    },
    async interrupt(signal, work) {
      const controller = new AbortController();
      const stop = listen(signal, () => controller.abort());
      try {
        return await work(controller.signal);
      } catch (error) {
        if (controller.signal.aborted) return null;
        throw error;
      } finally {
        stop();
      }
    },
  };
}
