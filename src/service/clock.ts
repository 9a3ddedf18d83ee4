import { type Instant, instantFrom } from '../contract/time.ts';

/** Time as the services see it. Tests step it by hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  milliseconds(): number;
  /** The present as an instant; never twice the same within a process, so that newest-first order is total. */
  now(): Instant;
}

/** Makes a clock of a source of milliseconds; within one millisecond the ticks count up. */
export function clockOf(milliseconds: () => number): Clock {
  let last = 0;
  let ticks = 0;
  return {
    milliseconds,
    now() {
      const present = milliseconds();
      ticks = present === last ? ticks + 1 : 0;
      last = present;
      return instantFrom(present, ticks);
    },
  };
}

/** The earlier of two instants, of which the first may be none. */
export function noLaterThan(limit: Instant | null, instant: Instant): Instant {
  return limit !== null && limit < instant ? limit : instant;
}

/** An instant some milliseconds after another (or before, when negative). */
export function instantAfter(milliseconds: number, delay: number): Instant {
  return instantFrom(milliseconds + delay);
}
