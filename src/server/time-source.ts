import { performance } from 'node:perf_hooks';

/** Milliseconds since 1970 by the wall clock, and milliseconds that never jump. */
export interface TimeSource {
  readonly wall: () => number;
  readonly monotonic: () => number;
  /** Compares the wall clock with the one that it is taken from. */
  readonly measure?: () => Promise<void>;
}

export const SYSTEM_TIME: TimeSource = { wall: Date.now, monotonic: () => performance.now() };
