import { durationOf, RELEASE_AFTER } from '../contract/duration.ts';
import { CordonError } from '../domain/error.ts';

const MOST_CHARACTERS = 64;

/**
 * Milliseconds of a `ReleaseAfter`; null where none was given.
 * @throws CordonError `InvalidInput` when it is no duration, or not within the bounds
 */
export function checkedReleaseAfter(written: string | null): number | null {
  if (written === null) return null;
  const milliseconds = written.length > MOST_CHARACTERS ? null : durationOf(written);
  if (milliseconds !== null && milliseconds >= RELEASE_AFTER.least && milliseconds <= RELEASE_AFTER.most) {
    return milliseconds;
  }
  throw new CordonError(
    'InvalidInput',
    'Invalid input ReleaseAfter. An ISO 8601 duration from PT1M to P90D is expected, such as PT4H or P2D; ' +
      'years and months have no fixed length and are not taken.',
  );
}
