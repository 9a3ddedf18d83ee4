import { chmod, mkdir, mkdtemp, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Attempt, attempt } from './attempt.ts';
import { freshProgram } from './fresh.ts';

export interface CanaryOptions {
  /**
   * Where untrusted programs are written, used for nothing else: on a file system that the enforcer watches and that
   * programs may be run from, every directory above it open to all users. Made when absent, removed afterwards.
   */
  readonly directory: string;
  /** A program that must run in every mode and ends with status 0. */
  readonly trustedProgram: string;
  /** User and group number of somebody without rights; `nobody` is 65534. */
  readonly otherUser: number;
}

/** Milliseconds that a program, which does nothing, may take to start and end. */
const TIMEOUT = 10_000;

interface Case {
  readonly name: string;
  readonly trusted: boolean;
  /** As whom. */
  readonly as: 'another user' | 'root';
}

/** Everything that is tried. Another way to start a program is another row. */
export const CANARY_CASES = [
  { name: 'untrusted program as another user', trusted: false, as: 'another user' },
  { name: 'untrusted program as root', trusted: false, as: 'root' },
  { name: 'trusted program as another user', trusted: true, as: 'another user' },
] as const satisfies readonly Case[];

export type CanaryCaseName = (typeof CANARY_CASES)[number]['name'];
export type CanaryResult = Readonly<Record<CanaryCaseName, Attempt>>;

/** Tries every case, each with a program of its own, and leaves nothing behind, not even what a crash left before. */
export async function runCanary(options: CanaryOptions): Promise<CanaryResult> {
  const directory = await prepare(options.directory);
  try {
    const result: Partial<Record<CanaryCaseName, Attempt>> = {};
    for (const item of CANARY_CASES) result[item.name] = await tryCase(item, directory, options);
    return result as CanaryResult;
  } finally {
    await rm(directory, { recursive: true, force: true });
    await rmdir(options.directory).catch(() => undefined);
  }
}

async function tryCase(item: Case, directory: string, options: CanaryOptions): Promise<Attempt> {
  const user = item.as === 'root' ? 0 : options.otherUser;
  const program = item.trusted ? { path: options.trustedProgram, status: 0 } : await freshProgram(directory);
  return attempt({ ...program, user, timeout: TIMEOUT });
}

async function prepare(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o755 });
  for (const name of await readdir(directory))
    if (name.startsWith('canary-')) await rm(join(directory, name), { recursive: true, force: true });
  const own = await mkdtemp(join(directory, 'canary-'));
  await chmod(own, 0o755);
  return own;
}
