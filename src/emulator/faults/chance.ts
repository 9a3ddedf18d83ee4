import { createHash } from 'node:crypto';
import type { Delay } from '../../contract/emulator/fault-kinds.ts';

const BITS = 48;

/**
 * A number from 0 to below 1 that is always the same for the same seed and words. Nothing is drawn from a stream, so
 * that a rule's luck does not depend on how many other rules there are.
 */
export function chance(seed: number, ...words: readonly (string | number)[]): number {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...words]))
    .digest();
  return digest.readUIntBE(0, BITS / 8) / 2 ** BITS;
}

/** Milliseconds of a delay; `luck` (0 to below 1) chooses within a range. */
export function millisecondsOf(delay: Delay | null, luck: number): number {
  if (delay === null) return 0;
  if (typeof delay === 'number') return delay;
  return delay[0] + Math.floor(luck * (delay[1] - delay[0] + 1));
}
