import { type ChildProcess, spawn } from 'node:child_process';

/**
 * What came of trying to run a program.
 * - `ran`: it ended with the status it was made to end with.
 * - `refused`: the kernel did not start it; `errno` says which barrier (EPERM: an enforcer; EACCES: no permission, or a
 *   file system mounted noexec; …).
 * - `unclear`: anything else; never taken for either.
 */
export type Attempt =
  | { readonly kind: 'ran' }
  | { readonly kind: 'refused'; readonly errno: string }
  | { readonly kind: 'unclear'; readonly detail: string };

export interface AttemptOptions {
  readonly path: string;
  /** Status that says it ran. */
  readonly status: number;
  /** User and group number to run as; 0 for root. */
  readonly user: number;
  /** Milliseconds. */
  readonly timeout: number;
}

/** A file that was just written may still be open in a child that is being started by somebody else in this process. */
const BUSY_RETRIES = 5;

export async function attempt(options: AttemptOptions): Promise<Attempt> {
  if (process.getuid?.() !== 0)
    return { kind: 'unclear', detail: 'not tried: only root can start a program as somebody' };
  for (let again = 0; ; again += 1) {
    const outcome = await once(options);
    if (outcome.kind !== 'refused' || outcome.errno !== 'ETXTBSY' || again === BUSY_RETRIES) return outcome;
  }
}

async function once({ path, status, user, timeout }: AttemptOptions): Promise<Attempt> {
  let child: ChildProcess;
  try {
    child = spawn(path, [], { cwd: '/', env: {}, stdio: 'ignore', uid: user, gid: user });
  } catch (thrown) {
    // Node throws some refusals (EPERM, ETXTBSY) and sends others (EACCES, ENOENT) as an event.
    return notStarted(thrown as NodeJS.ErrnoException);
  }
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      resolve({ kind: 'unclear', detail: `did not end within ${timeout} ms` });
    }, timeout);
    child.on('error', (cause: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve(notStarted(cause));
    });
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (code === status) resolve({ kind: 'ran' });
      else
        resolve({
          kind: 'unclear',
          detail: signal === null ? `ended with status ${code}` : `ended by ${signal}`,
        });
    });
  });
}

function notStarted({ syscall, code, message }: NodeJS.ErrnoException): Attempt {
  const refused = (syscall?.startsWith('spawn') ?? false) && code !== undefined;
  return refused ? { kind: 'refused', errno: code } : { kind: 'unclear', detail: message };
}

/** In the words of the evidence. */
export function describeAttempt(outcome: Attempt): string {
  if (outcome.kind === 'ran') return 'ran';
  return outcome.kind === 'refused' ? `refused (${outcome.errno})` : outcome.detail;
}
