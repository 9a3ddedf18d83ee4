import { type Instant, instantFrom } from '../../contract/time.ts';

const PARTS = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)?)?(?:(Z)|([-+ ])(\d\d):?(\d\d))?$/i;
const MINUTE = 60_000;
/** The farthest offset from UTC in use is 14 hours. */
const FARTHEST_OFFSET = 14 * 60;

/**
 * Reads a date, or a date with a time, as an instant; null when it is none. Without an offset it is UTC; a blank
 * before the offset is a `+` lost to form decoding. Digits of the fraction beyond the seventh are dropped.
 */
export function instantOf(text: string): Instant | null {
  const parts = PARTS.exec(text);
  if (parts === null) return null;
  const [, date, clock, seconds = '00', fraction = '', , sign, hours = '0', minutes = '0'] = parts;
  if (sign !== undefined && clock === undefined) return null;
  const offset = Number(hours) * 60 + Number(minutes);
  if (offset > FARTHEST_OFFSET || Number(minutes) > 59) return null;
  const ticks = fraction.slice(0, 7).padEnd(7, '0');
  const written = `${date}T${clock ?? '00:00'}:${seconds}.${ticks.slice(0, 3)}Z`;
  const time = Date.parse(written);
  // Days that a month does not have are carried over by Date.parse, hours such as 24:00 too.
  if (Number.isNaN(time) || new Date(time).toISOString() !== written) return null;
  const instant = instantFrom(time - (sign === '-' ? -offset : offset) * MINUTE, Number(ticks.slice(3)));
  // An offset can carry a time out of the years of four digits; toISOString writes those with a sign in front.
  return /^\d/.test(instant) ? instant : null;
}
