import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { dyingWithUs } from '../leftovers.ts';

/** Why no process can be slowed here; null when one can. */
export function whyNoStrace(): string | null {
  return spawnSync('strace', ['--version'], { stdio: 'ignore' }).status === 0 ? null : 'needs strace';
}

/** Makes each flush of a process to the disk take so many milliseconds longer, until it is ended. */
export async function slowFlushes(pid: number, milliseconds: number): Promise<{ end(): Promise<void> }> {
  const delay = `inject=fsync,fdatasync:delay_exit=${Math.round(milliseconds * 1000)}`;
  const [program = '', ...words] = dyingWithUs([
    ...['strace', '-f', '-o', '/dev/null', '-e', 'trace=fsync,fdatasync', '-e', delay, '-p', String(pid)],
  ]);
  const tracer = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const exit = once(tracer, 'exit');
  const attached = once(tracer.stderr!, 'data');
  await Promise.race([
    attached,
    exit.then(() => Promise.reject(new Error('strace could not follow the server'))),
  ]);
  return {
    async end() {
      tracer.kill('SIGINT');
      await exit;
    },
  };
}
