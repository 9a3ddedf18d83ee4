import type { WireChange } from '../../../src/contract/console.ts';

/** What has changed since it was last read. */
export interface Changes {
  readonly machines: ReadonlySet<string>;
  readonly actions: ReadonlySet<string>;
  /** True when more has changed than is named. */
  readonly everything: boolean;
}

export interface Coalescer {
  readonly add: (change: WireChange) => void;
  /** Everything counts as changed. */
  readonly addAll: () => void;
  readonly stop: () => void;
}

/** Milliseconds between two readings at most: a page keeps a quick server busy for half of the time, and a slow one for longer. */
const PAUSE = 120;
/** Machines above which reading all of them is cheaper. */
const MOST = 400;

/**
 * Gathers changes and hands them on: the first at once, those that come while it is read or shortly after together. One
 * reading at a time, so that an older answer never comes after a newer one.
 * @param read resolves when what changed has been read; it does not throw
 * @param wait resolves after so many milliseconds
 * @param now milliseconds of a clock that only goes on
 */
export function coalescer(
  read: (changes: Changes) => Promise<void>,
  wait: (milliseconds: number) => Promise<void>,
  now: () => number,
): Coalescer {
  let machines = new Set<string>();
  let actions = new Set<string>();
  let everything = false;
  let busy = false;
  let stopped = false;

  const run = async () => {
    if (busy) return;
    busy = true;
    while (!stopped && (machines.size > 0 || actions.size > 0 || everything)) {
      const changes = { machines, actions, everything: everything || machines.size > MOST };
      machines = new Set();
      actions = new Set();
      everything = false;
      const began = now();
      await read(changes);
      await wait(Math.min(PAUSE, now() - began));
    }
    busy = false;
  };

  return {
    add: ({ machineId, actionId }) => {
      machines.add(machineId);
      if (actionId !== null) actions.add(actionId);
      void run();
    },
    addAll: () => {
      everything = true;
      void run();
    },
    stop: () => {
      stopped = true;
    },
  };
}
