/** How another process asks the running agent to look at the packages again: a file with an id, which it watches. */
import { existsSync, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from './clock.ts';
import { writeFileDurably } from './durable-file.ts';
import { type Prepared, readPrepared } from './preparation.ts';
import { until } from './until.ts';

const FILE = 'trust-request';
/** Milliseconds between two looks for the answer. */
const EVERY = 100;

/** Asks, without waiting. */
export async function requestTrust(directory: string, id: string): Promise<void> {
  await writeFileDurably(join(directory, FILE), id);
}

/** Waits for the answer to a request. @returns null when none came within `timeout` milliseconds */
export function awaitAnswer(
  directory: string,
  id: string,
  clock: Clock,
  timeout: number,
): Promise<Prepared | null> {
  const answered = async () => {
    const prepared = await readPrepared(directory);
    return prepared?.answers === id ? prepared : null;
  };
  return until(clock, answered, { timeout, every: EVERY });
}

/**
 * Prepares now, and again whenever it is asked for, one after the other; requests that come meanwhile are one.
 * @param work is told the id of the request, null for the first
 */
export async function watchRequests(
  directory: string,
  work: (id: string | null) => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  // A change that comes while the file is read must not be waited for afterwards.
  let changed = false;
  let wake = (): void => undefined;
  const notice = () => {
    changed = true;
    wake();
  };
  let last = await readRequest(directory);
  const watcher = watch(directory, { persistent: false, signal }, (_event, name) => {
    if (name === FILE || name === null) notice();
  });
  // A directory that vanishes ends the watch, not the agent.
  watcher.on('error', () => undefined);
  signal.addEventListener('abort', notice);
  await work(last);
  while (!signal.aborted) {
    changed = false;
    const asked = await readRequest(directory);
    if (asked !== last) {
      last = asked;
      await work(asked);
      continue;
    }
    if (changed) continue;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}

async function readRequest(directory: string): Promise<string | null> {
  const path = join(directory, FILE);
  return existsSync(path) ? readFile(path, 'utf8').catch(() => null) : null;
}
