import { mkdir } from 'node:fs/promises';
import { messageOf } from '../../error.ts';
import { takeLock } from '../../lock.ts';
import { until } from '../../until.ts';
import type { Context } from './context.ts';
import { Refusal } from './refusal.ts';

/** Milliseconds to wait for another process of ours, which may be filling the database of a whole system. */
const PATIENCE = 180_000;
const EVERY = 50;

/**
 * Runs a switch while no other process of ours does: agent, dead-man, `cordon agent recover`.
 * @throws Refusal when the turn does not come, or the lock's file cannot be written
 */
export async function inOurTurn<T>(
  context: Context,
  work: () => Promise<T>,
  patience = PATIENCE,
): Promise<T> {
  const unlock = await turn(context, patience);
  if (unlock === null)
    throw new Refusal('Another process of cordon is switching this device and does not end.');
  try {
    return await work();
  } finally {
    unlock();
  }
}

/** Null when it does not come in time. @throws Refusal */
export async function turn({ options, paths }: Context, patience: number): Promise<(() => void) | null> {
  try {
    await mkdir(options.stateDirectory, { recursive: true, mode: 0o700 });
    return await until(options.clock, async () => takeLock(paths.lock), { timeout: patience, every: EVERY });
  } catch (cause) {
    throw new Refusal(`The lock ${paths.lock} cannot be had: ${messageOf(cause)}.`, { cause });
  }
}
