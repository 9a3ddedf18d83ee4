/**
 * A point in time as fixed-width UTC text of 28 characters, `2026-03-02T09:15:20.3312801Z`. The fixed width makes
 * text order equal to time order, which the store's indexes and `$filter` comparisons rely on.
 */
export type Instant = string;

/** Seven fractional digits, the precision of the vendor's timestamps. */
const TICKS_PER_MILLISECOND = 10_000;

/** Seconds since 1970 that were written last, and their text up to the point, by the second's last three bits. */
const writtenSeconds = new Float64Array(8).fill(Number.NaN);
const writtenTexts: string[] = Array.from({ length: 8 }, () => '');

/**
 * Writes milliseconds since 1970 (and 0 to 9,999 ticks of 100 ns on top) as an {@link Instant}.
 * @throws RangeError when the time is outside what `Date` can express.
 */
export function instantFrom(milliseconds: number, ticks = 0): Instant {
  const whole = Math.trunc(milliseconds);
  const second = Math.floor(whole / 1000);
  const slot = second & 7;
  // Writing a date costs as much as the rest of a call's arithmetic; almost all of them are of a few seconds.
  if (writtenSeconds[slot] !== second) {
    writtenTexts[slot] = new Date(second * 1000).toISOString().slice(0, 20);
    writtenSeconds[slot] = second;
  }
  const fraction = (whole - second * 1000) * TICKS_PER_MILLISECOND + (ticks % TICKS_PER_MILLISECOND);
  return `${writtenTexts[slot]}${String(fraction).padStart(7, '0')}Z`;
}

/** Milliseconds since 1970 of an instant; the ticks below a millisecond are dropped. */
export function millisecondsOf(instant: Instant): number {
  return Date.parse(`${instant.slice(0, 23)}Z`);
}

/**
 * The instant, or the smallest one after `before` when it is not later: what follows from something bears a later time,
 * although the clocks of two processes differ by some milliseconds, or one was set back.
 */
export function later(instant: Instant, before: Instant): Instant {
  if (instant > before) return instant;
  const ticks = Number(before.slice(23, 27)) + 1;
  return instantFrom(millisecondsOf(before) + Math.floor(ticks / TICKS_PER_MILLISECOND), ticks);
}

/**
 * The text by which times in the wire's form compare: without the zone's letter, which comes after every digit, so that
 * `….389Z` would count as later than `….3890001Z`.
 */
export const orderOfWireTime = (time: string): string => time.slice(0, -1);

/** The wire's form: trailing zeros of the fraction dropped, and the point with them (reference, section 1). */
export function wireTime(instant: Instant): string {
  let end = 27;
  while (instant.charCodeAt(end - 1) === 48) end -= 1;
  if (instant.charCodeAt(end - 1) === 46) end -= 1;
  return `${instant.slice(0, end)}Z`;
}
