import { cacheOf } from './cache.ts';

/** What was counted under a name since the window began. */
export interface Window {
  count: number;
  /** By the clock that the windows were made with. */
  readonly endsAt: number;
}

/** Fixed windows of one length, each beginning with its first count, in the memory of this process. */
export interface Windows {
  /** The window that a name has at this moment; null when none is open. */
  open(name: string): Window | null;
  /** The same, which begins now when none is open. */
  begin(name: string): Window;
  /** Forgets every count. */
  clear(): void;
}

/** Names whose windows are kept; beyond it the one that was asked for the longest time ago begins anew. About 10 MB. */
const KEPT = 50_000;

/** @param milliseconds a clock that does not jump, or a caller would wait for what was counted before */
export function createWindows(seconds: number, milliseconds: () => number): Windows {
  const windows = cacheOf<Window>(KEPT);
  const open = (name: string): Window | null => {
    const window = windows.get(name);
    return window !== undefined && milliseconds() < window.endsAt ? window : null;
  };
  return {
    open,
    begin(name) {
      const present = open(name);
      if (present !== null) return present;
      const fresh = { count: 0, endsAt: milliseconds() + seconds * 1000 };
      windows.set(name, fresh);
      return fresh;
    },
    clear: () => windows.clear(),
  };
}
