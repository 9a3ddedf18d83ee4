import type { TimeSource } from '../server/time-source.ts';

/** A time that goes on as another does, and can be moved ahead of it. */
export interface LeapingTime extends TimeSource {
  /** Lets milliseconds pass at once: both clocks show them, as if they had been waited for. */
  leap(milliseconds: number): void;
  /** Milliseconds by which it is ahead. */
  ahead(): number;
  /** Takes every leap back. What was written meanwhile lies in the future then. */
  goBack(): void;
}

export function createLeapingTime({ wall, monotonic }: TimeSource): LeapingTime {
  let ahead = 0;
  return {
    wall: () => wall() + ahead,
    // A wall clock that moves alone is one that somebody has set, which the server does not believe.
    monotonic: () => monotonic() + ahead,
    leap(milliseconds) {
      ahead += milliseconds;
    },
    ahead: () => ahead,
    goBack() {
      ahead = 0;
    },
  };
}
