/** Processor time of this process by thread, so that a figure tells which thread limits. */
import { readdirSync, readFileSync } from 'node:fs';

/** Microseconds that threads have used since they began, by name; the ones that share a name are added up. */
export type ThreadTimes = Readonly<Record<string, number>>;

/** Threads of V8 and libuv that do work of all others: garbage, compilation, files. */
const SHARED = 'others';

/**
 * The main thread is `main`, a worker has its own name, anything else counts as `others`. Where the system does not
 * tell threads apart (all but Linux) the whole process counts as `main`.
 * @param workers names that workers were started with; the system keeps 15 characters of each
 */
export function threadTimes(workers: readonly string[]): ThreadTimes {
  const times: Record<string, number> = {};
  for (const thread of threads()) {
    const known = workers.find((name) => name.slice(0, 15) === thread.name);
    const name = thread.id === process.pid ? 'main' : (known ?? SHARED);
    times[name] = (times[name] ?? 0) + thread.microseconds;
  }
  return times;
}

/** What a thread used between two looks. */
export function timesBetween(before: ThreadTimes, after: ThreadTimes): ThreadTimes {
  return Object.fromEntries(Object.entries(after).map(([name, time]) => [name, time - (before[name] ?? 0)]));
}

function threads(): { id: number; name: string; microseconds: number }[] {
  if (process.platform !== 'linux') {
    const { user, system } = process.cpuUsage();
    return [{ id: process.pid, name: 'main', microseconds: user + system }];
  }
  return readdirSync('/proc/self/task').map((id) => {
    const read = (file: string) => readFileSync(`/proc/self/task/${id}/${file}`, 'utf8').trim();
    // First field: nanoseconds on a processor.
    return {
      id: Number(id),
      name: read('comm'),
      microseconds: Number(read('schedstat').split(' ')[0]) / 1000,
    };
  });
}
