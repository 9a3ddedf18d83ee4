/**
 * Back-off with full jitter: the wait is drawn evenly from the whole range, which spreads a thousand agents that lost
 * the same server at the same moment better than a range around a fixed wait does.
 */
export interface Backoff {
  /** Range of the first wait, in milliseconds; doubles with each failure. */
  readonly base: number;
  /** The range grows no further than this, in milliseconds. */
  readonly cap: number;
}

/**
 * Waits for the server: from 2 s to 30 s, so that a fleet of any size is back half a minute after its server, however long
 * that was away. Ten thousand devices come at 330 a second then.
 */
export const EXCHANGE_BACKOFF: Backoff = { base: 2_000, cap: 30_000 };

/** Waits for a machine that the server does not know: a person has to act first. */
export const STRANGER_BACKOFF: Backoff = { base: 60_000, cap: 300_000 };

/** Waits before a mode is tried again on the device: from 1 s to 5 min. */
export const REPAIR_BACKOFF: Backoff = { base: 1_000, cap: 300_000 };

/** No draw is shorter, so that a small random number never makes a busy loop. */
const SHORTEST = 50;

/**
 * Milliseconds to wait after `failures` failures in a row (1 or more). `random` is in [0, 1). What the server asked
 * for is never undercut, and half of it is added at most, again so that not all come back at once.
 */
export function backoffDelay(
  backoff: Backoff,
  failures: number,
  random: number,
  retryAfterSeconds: number | null = null,
): number {
  if (retryAfterSeconds !== null) return Math.round(retryAfterSeconds * 1000 * (1 + random / 2));
  const range = Math.min(backoff.cap, backoff.base * 2 ** Math.min(failures - 1, 30));
  return Math.max(SHORTEST, Math.round(range * random));
}
