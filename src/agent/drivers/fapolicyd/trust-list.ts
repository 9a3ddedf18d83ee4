import { realpath } from 'node:fs/promises';
import { canaryPrograms } from '../../canary/programs.ts';
import type { FapolicydOptions } from './options.ts';
import { pathsOf } from './options.ts';
import { Refusal } from './refusal.ts';
import { allBelow, keepPrograms, ownCode } from './trust-candidates.ts';
import { type TrustedFile, withDigests } from './trust-digests.ts';
import { systemTrust } from './trust-system.ts';

export interface TrustList {
  /** Sorted by path. */
  readonly files: readonly TrustedFile[];
  /** Paths without which the agent could not go on: its runtime, its own files, the programs it starts. */
  readonly own: readonly string[];
  /** Files left out because a line of the list cannot name them. */
  readonly unnamed: number;
}

/**
 * Makes the list of files that stay allowed.
 * @throws Refusal when it would be too short for a whole system, or could not hold the agent's own files
 */
export async function makeTrustList(options: FapolicydOptions): Promise<TrustList> {
  const { minimum } = options.trust;
  const own = [...(await ownPaths(options))].sort();
  const system = await systemTrust(options, false);
  const byPath = new Map(system.files.map((file) => [file.path, file]));
  // As they are now, whatever was prepared: the agent may have been updated since.
  for (const file of await withDigests(own, pathsOf(options).digests)) byPath.set(file.path, file);
  const wanted = [...byPath.keys()].sort();
  // Only what may count as a program needs trust; other files are open to all.
  const [unnamable] = await keepPrograms(own.filter((path) => !isNamable(path)));
  if (unnamable !== undefined)
    throw new Refusal(
      `The agent's own file ${JSON.stringify(unnamable)} has white space in its path and cannot be trusted.`,
    );
  const files = wanted.filter(isNamable).map((path) => byPath.get(path)!);
  if (files.length < minimum)
    throw new Refusal(
      `Only ${files.length} trusted files were found, fewer than the ${minimum} of any whole system; ` +
        'restricting now could stop the system itself. Look at the package lists and roots of the trust options.',
    );
  return { files, own: own.filter(isNamable), unnamed: wanted.filter((path) => !isNamable(path)).length };
}

async function ownPaths({ programs, canary, selfTrust }: FapolicydOptions): Promise<Set<string>> {
  const helpers = await Promise.all(
    [...Object.values(programs), canary.trustedProgram, ...canaryPrograms()].map((path) =>
      realpath(path).catch(() => null),
    ),
  );
  return new Set([
    ...(await ownCode()),
    ...(await allBelow(selfTrust)),
    ...helpers.flatMap((path) => path ?? []),
  ]);
}

/** Fields of a line are divided by spaces, and nothing escapes one in 1.1.x. */
const isNamable = (path: string) => !/\s/.test(path);

/** Content of a file in `trust.d`. */
export function trustText({ files }: { readonly files: readonly Omit<TrustedFile, 'md5'>[] }): string {
  const lines = files.map(({ path, size, sha256 }) => `${path} ${size} ${sha256}`);
  return `# Written by cordon: files that stay allowed while code execution is restricted.\n${lines.join('\n')}\n`;
}
