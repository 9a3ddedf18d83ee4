import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { forked } from '../forked.ts';
import type { LoadOrder, LoadResult } from './load.ts';
import { type ThreadTimes, timesBetween } from './threads.ts';

/** A program of this folder as a process of its own. */
export async function started(
  file: string,
  ...parameters: string[]
): Promise<{ child: ChildProcess; hello: unknown }> {
  const child = forked(new URL(file, import.meta.url), parameters, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const hello = await answerOf(child);
  return { child, hello };
}

/** The next message of a process; rejects when it ends instead. */
export async function answerOf(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  try {
    return await Promise.race([
      once(child, 'message', { signal: ended.signal }).then(([message]) => message as unknown),
      once(child, 'exit', { signal: ended.signal }).then(([code]) => {
        throw new Error(`A process of the benchmark ended with status ${code}.`);
      }),
    ]);
  } finally {
    ended.abort();
  }
}

/** A load, and what the server's threads used for it. */
export async function loaded(
  generator: ChildProcess,
  server: ChildProcess,
  order: LoadOrder,
): Promise<{ load: LoadResult; threads: ThreadTimes }> {
  const before = await usage(server);
  const load = await sent(generator, order);
  return { load, threads: timesBetween(before, await usage(server)) };
}

/** A load on any server. @throws Error when an answer has another status than was expected */
export async function sent(generator: ChildProcess, order: LoadOrder): Promise<LoadResult> {
  generator.send(order);
  const { result, error } = (await answerOf(generator)) as { result?: LoadResult; error?: string };
  if (result === undefined) throw new Error(`The load generator failed: ${error}`);
  if (result.wrong > 0)
    throw new Error(
      `${result.wrong} of ${result.calls} answers were wrong, the first:\n${result.firstWrong}`,
    );
  return result;
}

async function usage(server: ChildProcess): Promise<ThreadTimes> {
  server.send('usage');
  return (await answerOf(server)) as ThreadTimes;
}

/** Header lines as `fetch` takes them. */
export function pairsOf(headers: readonly string[]): [name: string, value: string][] {
  return headers.map((header) => header.split(': ') as [string, string]);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[sorted.length >> 1]!;
}
