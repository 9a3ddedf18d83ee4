import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { dyingWithUs, undoAtEnd } from '../test/kit/leftovers.ts';

/** `fork` of a program whose process ends with this one, however this one ends. */
export function forked(program: URL, parameters: readonly string[], options: ForkOptions = {}): ChildProcess {
  const [execPath = '', ...execArgv] = dyingWithUs([process.execPath, ...(options.execArgv ?? [])]);
  const child = fork(fileURLToPath(program), parameters, { ...options, execPath, execArgv });
  child.once(
    'exit',
    undoAtEnd(() => child.kill('SIGKILL')),
  );
  return child;
}
