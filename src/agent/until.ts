import { type Clock, sleep } from './clock.ts';

const NEVER = new AbortController().signal;

/** Waits for a time that cannot be cut short. */
export const pause = (clock: Clock, milliseconds: number): Promise<void> => sleep(clock, milliseconds, NEVER);

/**
 * Asks again every `every` milliseconds until the answer is not null, or `timeout` milliseconds have passed.
 * @returns the answer, or null when none came in time
 */
export async function until<T>(
  clock: Clock,
  ask: () => Promise<T | null>,
  { timeout, every }: { timeout: number; every: number },
): Promise<T | null> {
  const deadline = clock.now() + timeout;
  for (;;) {
    const answer = await ask();
    if (answer !== null || clock.now() >= deadline) return answer;
    await pause(clock, every);
  }
}
