import { keep, kept } from './kept.ts';

const NAME = 'loaded-anew';
/** Milliseconds between two times that a tab does so by itself: what is missing for good would have it load without end. */
const PAUSE = 60_000;

/** Loads the page anew, unless that was done just before. @param now milliseconds since the epoch @returns whether it does */
export function loadAnew(now: number): boolean {
  if (Math.abs(now - Number(kept(NAME))) < PAUSE) return false;
  keep(NAME, now);
  // Where nothing can be kept, nobody would know the next time that it was done.
  if (kept(NAME) !== now) return false;
  location.reload();
  return true;
}
