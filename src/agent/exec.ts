import { spawn } from 'node:child_process';

/** How a program ended. */
export interface Execution {
  /** Exit status; null when a signal ended it or it never started. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it never started (`ENOENT`, `EPERM`, …), or `ETIMEDOUT` or `EOVERFLOW` when a limit ended it; else null. */
  readonly error: string | null;
}

export interface ExecutionLimits {
  /** Milliseconds before the program and its group are killed. Default 10,000. */
  readonly timeout?: number;
  /** Bytes of each of the two outputs. Default 1 MiB. */
  readonly maxBytes?: number;
}

/** Runs one program of the table. Never rejects: whatever goes wrong is in the result. */
export type Execute<Name extends string> = (
  name: Name,
  args: readonly string[],
  limits?: ExecutionLimits,
) => Promise<Execution>;

/** What a program of ours sees of the environment: nothing of the agent's, which may hold secrets. */
const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' };

/** A daemon that was started keeps its parent's pipes for a moment; its output is not waited for longer than this. */
const DRAIN_MILLISECONDS = 200;

/**
 * Runs programs of a fixed table only, by absolute path, without a shell, with an environment of their own.
 * @throws RangeError when the table names a path that is not absolute
 */
export function createExecute<Name extends string>(programs: Readonly<Record<Name, string>>): Execute<Name> {
  for (const path of Object.values<string>(programs))
    if (!path.startsWith('/')) throw new RangeError(`The program ${path} is not named by an absolute path.`);
  return (name, args, limits = {}) => execute(programs[name], args, limits);
}

/**
 * Starts a program that goes on by itself, also after this process was killed: in a session of its own, with no stream
 * of ours. Returns null when it was started, else why not.
 * @throws RangeError when the program is not named by an absolute path
 */
export function startDetached([program = '', ...args]: readonly string[]): Promise<string | null> {
  if (!program.startsWith('/'))
    throw new RangeError(`The program ${program} is not named by an absolute path.`);
  return new Promise((resolve) => {
    try {
      const child = spawn(program, args, { cwd: '/', env: ENVIRONMENT, stdio: 'ignore', detached: true });
      child.once('error', (cause: NodeJS.ErrnoException) => resolve(cause.code ?? cause.message));
      child.once('spawn', () => resolve(null));
      child.unref();
    } catch (thrown) {
      resolve((thrown as NodeJS.ErrnoException).code ?? 'EUNKNOWN');
    }
  });
}

function execute(path: string, args: readonly string[], limits: ExecutionLimits): Promise<Execution> {
  const { timeout = 10_000, maxBytes = 1_048_576 } = limits;
  return new Promise((resolve) => {
    const child = start(path, args);
    if (typeof child === 'string') {
      resolve({ status: null, signal: null, stdout: '', stderr: '', error: child });
      return;
    }
    const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    let error: string | null = null;
    let ended: { status: number | null; signal: NodeJS.Signals | null } = { status: null, signal: null };
    let drain: NodeJS.Timeout | undefined;

    const end = () => {
      clearTimeout(timer);
      clearTimeout(drain);
      child.stdout.destroy();
      child.stderr.destroy();
      const [stdout, stderr] = [text(output.stdout), text(output.stderr)];
      resolve({ ...ended, stdout, stderr, error });
    };
    const stop = (why: string) => {
      error ??= why;
      if (child.pid !== undefined) killGroup(child.pid);
    };
    const timer = setTimeout(() => stop('ETIMEDOUT'), timeout);

    for (const stream of ['stdout', 'stderr'] as const) {
      let bytes = 0;
      child[stream].on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxBytes) stop('EOVERFLOW');
        else output[stream].push(chunk);
      });
    }
    child.on('error', (cause: NodeJS.ErrnoException) => {
      error ??= cause.code ?? 'EUNKNOWN';
      end();
    });
    child.on('exit', (status, signal) => {
      ended = { status, signal };
      drain = setTimeout(end, DRAIN_MILLISECONDS);
    });
    child.on('close', end);
  });
}

/** Node throws some refusals of the kernel (EPERM) and sends others (ENOENT) as an event; thrown ones are returned. */
function start(path: string, args: readonly string[]) {
  try {
    return spawn(path, args, {
      cwd: '/',
      env: ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code ?? 'EUNKNOWN';
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

const text = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString('utf8');

/** One line for a person: what a program that failed said, or how it ended. */
export function describeFailure({ status, signal, stderr, stdout, error }: Execution): string {
  const said = (stderr.trim() || stdout.trim()).split('\n').at(-1)?.slice(0, 300) ?? '';
  const how = error ?? (signal === null ? `status ${status}` : `signal ${signal}`);
  return said === '' ? how : `${how}: ${said}`;
}
