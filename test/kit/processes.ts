/** Real processes of the command, for tests that kill them. None outlives the test process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { dyingWithUs, undoAtEnd } from './leftovers.ts';

/** A line of a log, parsed. */
export type LogLine = Readonly<Record<string, unknown>>;

export interface Exit {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningProcess {
  readonly child: ChildProcess;
  /** What it has written so far. */
  output(): { stdout: string; stderr: string };
  /** Resolves with the first line of its log, written or to come, that fits. @throws Error with what it wrote */
  logged(fits: (line: LogLine) => boolean): Promise<LogLine>;
  /** Resolves with all of standard error once it holds the text. @throws Error with what it wrote */
  wrote(text: string | RegExp): Promise<string>;
  hasExited(): boolean;
  /** Resolves when it has ended and its streams are closed. */
  readonly exit: Promise<Exit>;
}

/** Milliseconds until a test that waits for something gives up; a busy machine may be slow. */
export const PATIENCE = 60_000;

/** The command: as `npm test` has emitted it for all files of a whole run, else the sources. */
export const CORDON =
  process.env.CORDON_TEST_COMMAND ?? fileURLToPath(new URL('../../src/bin/cordon.ts', import.meta.url));
const COMPILED = new URL('./keep-compiled.ts', import.meta.url).href;

/**
 * `cordon WORDS…` of this project in a process of its own, with none of the test's own `CORDON_…` variables.
 * @param through a command that runs the one that follows it, and becomes it
 */
export function spawnCordon(
  words: readonly string[],
  environment: Record<string, string> = {},
  through: readonly string[] = [],
): ChildProcess {
  const [program = '', ...args] = dyingWithUs([
    ...through,
    process.execPath,
    '--import',
    COMPILED,
    CORDON,
    ...words,
  ]);
  return spawn(program, args, {
    env: { ...withoutCordon(process.env), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The environment without variables that would be taken for options. */
export function withoutCordon(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('CORDON_')));
}

/** Runs `cordon WORDS…` to its end. */
export async function runCordon(words: readonly string[], environment: Record<string, string> = {}) {
  const running = follow(spawnCordon(words, environment));
  return { ...(await running.exit), ...running.output() };
}

/** Reads along with a process and sees that it ends with the test file. */
export function follow(child: ChildProcess): RunningProcess {
  child.once(
    'exit',
    undoAtEnd(() => child.kill('SIGKILL')),
  );
  const written = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
      tell();
    });
  let ended: Exit | null = null;
  const exit = once(child, 'close').then(([status, signal]) => {
    ended = { status, signal };
    tell();
    return ended;
  });

  const awaited = <T>(what: string, look: () => T | null): Promise<T> =>
    new Promise((resolve, reject) => {
      const finish = (act: () => void) => {
        clearTimeout(timer);
        listeners.delete(listener);
        act();
      };
      const story = () =>
        `${what} was not written; ended: ${JSON.stringify(ended)}\n${written.stdout}\n${written.stderr}`;
      const listener = () => {
        const found = look();
        if (found !== null) finish(() => resolve(found));
        else if (ended !== null) finish(() => reject(new Error(story())));
      };
      const timer = setTimeout(() => finish(() => reject(new Error(story()))), PATIENCE);
      listeners.add(listener);
      listener();
    });

  return {
    child,
    exit,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    output: () => ({ ...written }),
    logged: (fits) =>
      awaited(`a log line that fits ${fits}`, () => linesOf(written.stderr).find(fits) ?? null),
    wrote: (text) =>
      awaited(`${text}`, () => {
        const there = typeof text === 'string' ? written.stderr.includes(text) : text.test(written.stderr);
        return there ? written.stderr : null;
      }),
  };
}

function linesOf(text: string): LogLine[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    try {
      return [JSON.parse(line) as LogLine];
    } catch {
      return [];
    }
  });
}

/** Looks again and again until something is there, and returns it. @throws Error that names what was waited for */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | false | undefined>,
  within = PATIENCE,
): Promise<T> {
  const end = performance.now() + within;
  for (;;) {
    const found = await look();
    if (found !== null && found !== false && found !== undefined) return found;
    if (performance.now() > end) throw new Error(`${what}: not within ${within} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
