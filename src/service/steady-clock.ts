import { CordonError } from '../domain/error.ts';

/** Tells whether the wall clock can be believed at this moment. */
export interface SteadyClock {
  /** False for some seconds after the wall clock jumped against the monotonic one. */
  steady(): boolean;
  /** Milliseconds since it last jumped, or since the start. */
  heldFor(): number;
  /** Milliseconds since 1970. @throws CordonError `ServiceUnavailable` while the clock is in doubt */
  milliseconds(): number;
}

/** A wall clock that moved this much against the monotonic one has jumped; time services slew far less. */
const JUMP_MILLISECONDS = 1000;
/** How long a clock must hold after a jump before it is believed again. */
const DOUBT_MILLISECONDS = 5000;

/**
 * Watches a wall clock by a monotonic one: a process whose clock jumps neither times actions out nor issues tokens
 * until it has measured again (design, part 4). Each call measures.
 */
export function createSteadyClock(
  wall: () => number,
  monotonic: () => number,
  jumped: (milliseconds: number) => void,
): SteadyClock {
  let offset = wall() - monotonic();
  let doubtUntil = Number.NEGATIVE_INFINITY;
  let heldSince = monotonic();

  const steady = (): boolean => {
    const now = monotonic();
    const present = wall() - now;
    const jump = present - offset;
    offset = present;
    if (Math.abs(jump) >= JUMP_MILLISECONDS) {
      doubtUntil = now + DOUBT_MILLISECONDS;
      heldSince = now;
      jumped(jump);
    }
    return now >= doubtUntil;
  };

  return {
    steady,
    heldFor() {
      steady();
      return monotonic() - heldSince;
    },
    milliseconds() {
      if (steady()) return wall();
      throw new CordonError(
        'ServiceUnavailable',
        'The clock of the server was changed and is measured again.',
        {
          retryAfter: DOUBT_MILLISECONDS / 1000,
        },
      );
    },
  };
}
