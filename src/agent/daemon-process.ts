import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** A running process, told apart from a later one with the same number by the time it started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot. */
  readonly started: number;
}

/** The process of a pid file, when it is alive and runs `binary`; a stale file, a zombie or another program is null. */
export async function processOf(pidFile: string, binary: string): Promise<ProcessIdentity | null> {
  const pid = Number((await quietly(() => readFile(pidFile, 'utf8')))?.trim());
  if (!Number.isSafeInteger(pid) || pid < 1) return null;
  // A package update replaces the file under a running daemon; the kernel then marks the old one.
  const running = (await quietly(() => readlink(`/proc/${pid}/exe`)))?.replace(/ \(deleted\)$/, '');
  if (running !== binary) return null;
  return identityOf(pid);
}

/** The process that has the number now; null when none has. */
export async function identityOf(pid: number): Promise<ProcessIdentity | null> {
  const started = startOf((await quietly(() => readFile(`/proc/${pid}/stat`, 'utf8'))) ?? '');
  return started === null ? null : { pid, started };
}

/** Field 22 of `/proc/PID/stat`. The name in field 2 may hold spaces and brackets, so counting begins behind it. */
export function startOf(stat: string): number | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const started = Number(fields[19]);
  return Number.isSafeInteger(started) && started > 0 ? started : null;
}

export function isSame(one: ProcessIdentity | null, other: ProcessIdentity | null): boolean {
  return one !== null && other !== null && one.pid === other.pid && one.started === other.started;
}

/** Arguments after the program's name; empty when the process is gone. */
export async function argumentsOf(pid: number): Promise<string[]> {
  const line = await quietly(() => readFile(`/proc/${pid}/cmdline`, 'utf8'));
  return (line ?? '').split('\0').slice(1, -1);
}

/**
 * Number of places the kernel asks a process about before a file is opened or executed there: the fanotify marks in
 * its `fdinfo`. It says what a daemon enforces now, whatever the daemon says of itself; 0 while it still starts.
 */
export async function fanotifyMarks(pid: number): Promise<number> {
  const directory = `/proc/${pid}/fdinfo`;
  const names = (await quietly(() => readdir(directory))) ?? [];
  const texts = await Promise.all(
    names.map((name) => quietly(() => readFile(join(directory, name), 'utf8'))),
  );
  return countMarks(texts.join('\n'));
}

/** Lines `fanotify mnt_id:…`, `fanotify sdev:…` or `fanotify ino:…`; the line with `flags:` is the group itself. */
export function countMarks(fdinfo: string): number {
  return fdinfo.match(/^fanotify (?:mnt_id|sdev|ino):/gm)?.length ?? 0;
}

/** Sends a signal; a process that has ended meanwhile is as good. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
  }
}

async function quietly<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch {
    return null;
  }
}
