import { type Instant, millisecondsOf } from '../contract/time.ts';

const VARIANT = '89ab';

/** The millisecond that was written last, as its instants begin, and as its ids do; reading a date costs ten times the rest. */
let last = '';
let written = '';

/**
 * The id of an action created at an instant: a UUID of version 7 (RFC 9562) with the whole instant, to its 100 ns, in front
 * of what is random. So ids are in the order of creation whichever process made them, and the store may read in theirs.
 * @param random a UUID of version 4; its last 60 bits become the id's
 */
export function actionIdOf(createdAt: Instant, random: string): string {
  const millisecond = createdAt.slice(0, 23);
  if (millisecond !== last) {
    const digits = millisecondsOf(createdAt).toString(16).padStart(12, '0');
    written = `${digits.slice(0, 8)}-${digits.slice(8)}-7`;
    last = millisecond;
  }
  const ticks = Number(createdAt.slice(23, 27));
  // 14 bits: twelve behind the version, two behind the variant.
  return `${written}${(ticks >> 2).toString(16).padStart(3, '0')}-${VARIANT[ticks & 3]}${random.slice(20)}`;
}
