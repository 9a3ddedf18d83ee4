import { setImmediate, setTimeout } from 'node:timers/promises';

/**
 * Waits until a moment of the monotonic clock; where that has passed, until all else that is waiting has had its turn. A run
 * that is behind its plan would hear of no answer before it has asked for everything else.
 * @throws the signal's reason
 */
export async function until(moment: number, signal: AbortSignal): Promise<void> {
  const left = moment - performance.now();
  if (left > 0) await setTimeout(left, undefined, { signal });
  else await setImmediate(undefined, { signal });
}

/** Does the work for each entry, a few at a time. */
export async function inParallel<T>(
  entries: readonly T[],
  parallel: number,
  work: (entry: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < entries.length) {
      const index = next++;
      await work(entries[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, entries.length) }, worker));
}
