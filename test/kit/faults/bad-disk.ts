import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { dyingWithUs } from '../leftovers.ts';

/** Why no process can be given a bad disk here; null when one can. */
export function whyNoStrace(): string | null {
  return spawnSync('strace', ['--version'], { stdio: 'ignore' }).status === 0 ? null : 'needs strace';
}

/** A disk that is bad until it is ended. */
export interface BadDisk {
  end(): Promise<void>;
}

/** Makes each flush of a process to the disk take so many milliseconds longer. */
export function slowFlushes(pid: number, milliseconds: number): Promise<BadDisk> {
  return injected([pid], `fsync,fdatasync:delay_exit=${Math.round(milliseconds * 1000)}`);
}

/** Fails each write of a process into a database file as a full disk does. Sockets and logs use other system calls. */
export function noRoom(pid: number): Promise<BadDisk> {
  return injected([pid], 'pwrite64:error=ENOSPC');
}

/**
 * Fails each growth of a table or index of PostgreSQL as a full disk does, in its processes and those it starts. Its log is
 * left alone: its segments are there before they are written, so that a full disk meets the tables first.
 */
export function noRoomForTables(pids: readonly number[]): Promise<BadDisk> {
  return injected(pids, 'fallocate,pwritev,pwritev2:error=ENOSPC');
}

/** @param rule what the kernel is to do with which system calls, in the words of `strace --inject` */
async function injected(pids: readonly number[], rule: string): Promise<BadDisk> {
  const [calls] = rule.split(':');
  const [program = '', ...words] = dyingWithUs([
    ...['strace', '-f', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', `inject=${rule}`],
    ...pids.flatMap((pid) => ['-p', String(pid)]),
  ]);
  const tracer = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const exit = once(tracer, 'exit');
  const refused = exit.then(() => Promise.reject(new Error('strace could not follow the server')));
  await Promise.race([once(tracer.stderr!, 'data'), refused]);
  refused.catch(() => {});
  return {
    async end() {
      tracer.kill('SIGINT');
      await exit;
    },
  };
}
