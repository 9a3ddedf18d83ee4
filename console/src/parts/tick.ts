/** A time that goes on while somebody looks at it. */
export interface Tick {
  readonly get: () => number;
  /** @param listener is called when the time has gone on, until what is returned is called */
  readonly subscribe: (listener: () => void) => () => void;
  /** Takes the time anew: timers stand still while a page cannot be seen, or a machine sleeps. */
  readonly catchUp: () => void;
}

/** @param clock milliseconds @param every milliseconds between two steps @param repeat begins a timer, and returns what ends it */
export function ticking(
  clock: () => number,
  every: number,
  repeat: (step: () => void, milliseconds: number) => () => void,
): Tick {
  const listeners = new Set<() => void>();
  let now = clock();
  let stop: (() => void) | null = null;
  const catchUp = () => {
    now = clock();
    for (const listener of listeners) listener();
  };
  return {
    get: () => {
      // Nobody has kept it going: what is shown first must not be as old as the last look.
      if (stop === null && Math.abs(clock() - now) >= every) now = clock();
      return now;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      stop ??= repeat(catchUp, every);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        stop?.();
        stop = null;
      };
    },
    catchUp,
  };
}
