import { chmod, mkdir, mkdtemp, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attempt } from './attempt.ts';
import { CANARY_CASES } from './cases.ts';
import { removeLeftovers } from './leftovers.ts';
import { directly } from './ways.ts';

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

/** A further place to try an untrusted program, as root. */
export interface CanaryPlace {
  /** Name of the case. */
  readonly name: string;
  /** An existing directory in which only root can remove what root made. */
  readonly directory: string;
}

/** What came of each case, by name, in the order of the table. */
export type CanaryResult = Readonly<Record<string, Attempt>>;

const PREFIX = '.cordon-canary-';

/**
 * Tries every case and every place, each with a file of its own, all at once, and leaves nothing behind, not even what
 * a crash left before.
 */
export async function runCanary(
  options: CanaryOptions,
  places: readonly CanaryPlace[] = [],
): Promise<CanaryResult> {
  const { trustedProgram, otherUser } = options;
  await mkdir(options.directory, { recursive: true });
  // The process's umask must not decide whether another user may enter.
  await chmod(options.directory, 0o755);
  const made: string[] = [];
  const prepared: (readonly [name: string, run: () => Promise<Attempt>])[] = [];
  try {
    const own = await fresh(options.directory, made);
    for (const { name, as, way } of CANARY_CASES) {
      const user = as === 'root' ? 0 : otherUser;
      prepared.push([name, await way({ directory: own, trustedProgram, user })]);
    }
    for (const { name, directory } of places)
      prepared.push([name, await inPlace(directory, made, trustedProgram)]);
    const outcomes = await Promise.all(prepared.map(async ([name, run]) => [name, await run()] as const));
    return Object.fromEntries(outcomes);
  } finally {
    for (const directory of made) await rm(directory, { recursive: true, force: true });
    await rmdir(options.directory).catch(() => undefined);
  }
}

/** A file system may be full or go away meanwhile. */
async function inPlace(directory: string, made: string[], trustedProgram: string) {
  try {
    return await directly()({ directory: await fresh(directory, made), trustedProgram, user: 0 });
  } catch (cause) {
    const detail = `nothing can be written there (${(cause as NodeJS.ErrnoException).code})`;
    return async (): Promise<Attempt> => ({ kind: 'untried', detail });
  }
}

async function fresh(parent: string, made: string[]): Promise<string> {
  await removeLeftovers(parent, PREFIX);
  const directory = await mkdtemp(join(parent, PREFIX));
  made.push(directory);
  await chmod(directory, 0o755);
  return directory;
}
