import { type ChildProcess, spawn } from 'node:child_process';

/** A program to be started as somebody. */
export interface Start {
  readonly path: string;
  readonly args?: readonly string[];
  /** Its whole environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: Uint8Array;
  /** User and group number to run as; 0 for root. */
  readonly user: number;
}

/** How it ended. */
export type Ended =
  | { readonly kind: 'ended'; readonly status: number; readonly said: string }
  /** The kernel did not start it. */
  | { readonly kind: 'not started'; readonly errno: string }
  | { readonly kind: 'failed'; readonly detail: string };

/** Milliseconds that a program, which does nothing, may take to start and end. */
const TIMEOUT = 10_000;
/** A file that was just written may still be open in a child that is being started by somebody else in this process. */
const BUSY_RETRIES = 5;
/** What is kept of its output. */
const MOST = 4_096;

/** Starts a program without a shell and waits for its end. Never rejects. */
export async function start(what: Start, timeout = TIMEOUT): Promise<Ended> {
  if (process.getuid?.() !== 0)
    return { kind: 'failed', detail: 'not tried: only root can start a program as somebody' };
  for (let again = 0; ; again += 1) {
    const ended = await once(what, timeout);
    if (!isBusy(ended) || again === BUSY_RETRIES) return ended;
  }
}

const isBusy = (ended: Ended) =>
  (ended.kind === 'not started' && ended.errno === 'ETXTBSY') ||
  (ended.kind === 'ended' && ended.said.includes('Text file busy'));

async function once(what: Start, timeout: number): Promise<Ended> {
  const { path, args = [], environment = {}, input, user } = what;
  let child: ChildProcess;
  try {
    const stdio = [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] as const;
    child = spawn(path, args, { cwd: '/', env: environment, stdio: [...stdio], uid: user, gid: user });
  } catch (thrown) {
    // Node throws some refusals (EPERM, ETXTBSY) and sends others (EACCES, ENOENT) as an event.
    return notStarted(thrown as NodeJS.ErrnoException);
  }
  return new Promise((resolve) => {
    let said = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      end({ kind: 'failed', detail: `did not end within ${timeout} ms` });
    }, timeout);
    const end = (ended: Ended) => {
      clearTimeout(timer);
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
      resolve(ended);
    };
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString('utf8')).slice(0, MOST);
      });
    child.on('error', (cause: NodeJS.ErrnoException) => end(notStarted(cause)));
    child.on('close', (code, signal) =>
      end(
        code === null
          ? { kind: 'failed', detail: `ended by ${signal}` }
          : { kind: 'ended', status: code, said },
      ),
    );
    // It may end without having read all of it.
    child.stdin?.on('error', () => undefined).end(input);
  });
}

function notStarted({ syscall, code, message }: NodeJS.ErrnoException): Ended {
  const refused = (syscall?.startsWith('spawn') ?? false) && code !== undefined;
  return refused ? { kind: 'not started', errno: code } : { kind: 'failed', detail: message };
}
