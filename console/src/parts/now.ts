import { useSyncExternalStore } from 'react';

/** Milliseconds between two looks at the clock by what says "3 min ago". */
const TICK = 5_000;

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const told of listeners) told();
  }, TICK);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time in milliseconds, a few seconds old at the most; one clock for the whole page. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);
