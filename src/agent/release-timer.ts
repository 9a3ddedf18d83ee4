import type { Release } from '../contract/device.ts';
import type { Uptime } from './uptime.ts';

/**
 * Counts the time of a restriction down, so that the device releases by itself when the server does not. It counts what
 * the device has been up only: neither the wall clock nor a reboot makes it shorter. A wrong count is a late release,
 * never an early one.
 */
export interface ReleaseTimer {
  /** The deadline by the server's clock; for people, nothing is decided by it. */
  readonly at: string;
  /** Milliseconds that were left at the mark. */
  readonly left: number;
  readonly mark: Uptime;
  /** True when time has gone by uncounted since the server's last word, as over a reboot. */
  readonly gap: boolean;
}

/** Clocks are slewed by at most 500 millionths on Linux; counting slower than that, a fast one hastens nothing. */
const RATE = 0.999;
/** Milliseconds between two marks in the ledger: what a reboot can cost beside the time that the device was off. */
export const MARK_EVERY = 60_000;

const continuous = ({ mark }: ReleaseTimer, now: Uptime): boolean =>
  mark.boot === now.boot && now.milliseconds >= mark.milliseconds;

/** Milliseconds left, 0 when the time is over. */
export function timeLeft(timer: ReleaseTimer, now: Uptime): number {
  if (!continuous(timer, now)) return timer.left;
  return Math.max(0, timer.left - (now.milliseconds - timer.mark.milliseconds) * RATE);
}

/** Milliseconds to wait until something is to be done about the timer: a mark, or the release. */
export function waitFor(timer: ReleaseTimer, now: Uptime): number {
  return Math.min(Math.ceil(timeLeft(timer, now) / RATE), MARK_EVERY);
}

/** The timer counted up to now; the same while its mark is recent enough. */
export function marked(timer: ReleaseTimer, now: Uptime): ReleaseTimer {
  const recent = continuous(timer, now) && now.milliseconds - timer.mark.milliseconds < MARK_EVERY;
  return recent ? timer : counted(timer, now);
}

function counted(timer: ReleaseTimer, now: Uptime): ReleaseTimer {
  const gap = timer.gap || !continuous(timer, now);
  return { ...timer, left: timeLeft(timer, now), mark: now, gap };
}

/**
 * What the server said in a fresh answer, against what the device has counted. Without a gap the later of the two holds,
 * so that no clock that is wrong once shortens the time; after a gap the device's count is known to be late, and the
 * server's word replaces it. The same timer where nothing is new.
 */
export function heard(timer: ReleaseTimer | undefined, release: Release, now: Uptime): ReleaseTimer {
  const said = { at: release.at, left: release.inSeconds * 1000, mark: now, gap: false };
  if (timer === undefined) return said;
  const { gap, left } = counted(timer, now);
  return gap || said.left > left ? said : timer;
}
