import { CordonError } from '../domain/error.ts';

/** Tells whether the wall clock can be believed at this moment. */
export interface SteadyClock {
  /** False for some seconds after the wall clock jumped against the monotonic one. */
  steady(): boolean;
  /** Milliseconds since it last jumped, or since the start. */
  heldFor(): number;
  /** Milliseconds since 1970. @throws CordonError `ServiceUnavailable` while the clock is in doubt */
  milliseconds(): number;
  /**
   * Milliseconds by which the wall clock was set forward since it showed `beginning` (milliseconds since 1970): time
   * that it shows and that did not pass. Being set back is not made up for. Known since the start of the process.
   */
  skipped(beginning: number): number;
}

/** One time that the wall clock was set forward: what it showed afterwards, and by how much. */
interface Leap {
  readonly until: number;
  readonly milliseconds: number;
}

/** A wall clock that moved this much against the monotonic one has jumped; time services slew far less. */
const JUMP_MILLISECONDS = 1000;
/** How long a clock must hold after a jump before it is believed again. */
const DOUBT_MILLISECONDS = 5000;
/** Leaps that are told apart. */
const MOST_LEAPS = 64;

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
  let leaps: readonly Leap[] = [];

  const steady = (): boolean => {
    const now = monotonic();
    const present = wall() - now;
    const jump = present - offset;
    offset = present;
    if (Math.abs(jump) >= JUMP_MILLISECONDS) {
      doubtUntil = now + DOUBT_MILLISECONDS;
      heldSince = now;
      if (jump > 0) leaps = remembered([...leaps, { until: present + now, milliseconds: jump }]);
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
    skipped(beginning) {
      steady();
      return leaps.reduce((sum, leap) => (leap.until > beginning ? sum + leap.milliseconds : sum), 0);
    },
  };
}

/** The two oldest leaps count as one when there are too many, for everything that began before the younger. */
function remembered(leaps: readonly Leap[]): readonly Leap[] {
  const [first, second, ...rest] = leaps;
  if (first === undefined || second === undefined || leaps.length <= MOST_LEAPS) return leaps;
  const until = Math.max(first.until, second.until);
  return [{ until, milliseconds: first.milliseconds + second.milliseconds }, ...rest];
}
