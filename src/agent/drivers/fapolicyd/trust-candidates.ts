import type { Dirent } from 'node:fs';
import { lstat, open, readdir, readFile, realpath } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { Refusal } from './refusal.ts';

/**
 * Endings of the languages that the rules let only trusted files of be opened (10-languages). Shell scripts are not
 * among them: rule group 72 allows those.
 */
const LANGUAGE_ENDINGS = new Set(
  '.py .pyc .pyo .pl .pm .rb .lua .php .js .mjs .cjs .ts .mts .cts .jar .class .java .tcl .el .elc .awk .m4 .R .nft .scm .go .stp .luc'.split(
    ' ',
  ),
);

/** What a path may hold, to be asked before its content is read: an executable, a library, a script by its ending. */
export type Suspicion = 'language' | 'content' | 'none';

/** Whether a file may need trust: by its ending, or, for executables and libraries, by what its content begins with. */
export function suspicionOf(path: string, mode: number): Suspicion {
  if (LANGUAGE_ENDINGS.has(extname(path))) return 'language';
  return (mode & 0o111) !== 0 || /\.so(\.|$)/.test(basename(path)) ? 'content' : 'none';
}

/** An ELF file or a script with a shebang, by the first bytes. */
export function isProgram(head: Uint8Array): boolean {
  return startsWith(head, [0x7f, 0x45, 0x4c, 0x46]) || startsWith(head, [0x23, 0x21]);
}

const startsWith = (head: Uint8Array, magic: readonly number[]) =>
  magic.every((byte, index) => head[index] === byte);

/** Files at once; more only wait for the same disk. */
const PARALLEL = 16;

/** Real paths of the programs, libraries and scripts below the roots. A root that does not exist is no fault. */
export async function programsBelow(roots: readonly string[]): Promise<Set<string>> {
  return keepPrograms((await eachOf([...roots], filesBelow)).flat());
}

/**
 * Real paths of every file below the agent's own roots, whatever it is: the agent must be able to read all of it.
 * @throws Refusal when a root does not exist
 */
export async function allBelow(roots: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (const root of roots) {
    const real = await realpath(root).catch(() => null);
    if (real === null) throw new Refusal(`The agent's own file or directory ${root} does not exist.`);
    for (const path of await filesBelow(real)) found.add(path);
  }
  return found;
}

/** Files that this very process has mapped as code: its runtime with all libraries and add-ons. */
export async function ownCode(): Promise<Set<string>> {
  const found = new Set([await realpath(process.execPath)]);
  for (const path of mappedFiles(await readFile('/proc/self/maps', 'utf8')))
    if ((await lstat(path).catch(() => null))?.isFile()) found.add(path);
  return found;
}

/** Paths of `/proc/PID/maps`; a file that was replaced meanwhile has no path to trust. */
export function mappedFiles(maps: string): string[] {
  const paths = maps.split('\n').flatMap((line) => /^(?:\S+\s+){5}(\/.*)$/.exec(line)?.[1] ?? []);
  return [...new Set(paths)].filter((path) => !path.endsWith(' (deleted)') && !path.startsWith('/dev/'));
}

/** Links are not followed: what they point to is listed where it is, or is not of this root. */
async function filesBelow(root: string): Promise<string[]> {
  const found = await lstat(root).catch(() => null);
  if (found === null) return [];
  if (!found.isDirectory()) return [root];
  const entries: Dirent[] = await readdir(root, { withFileTypes: true });
  const nested = await Promise.all(
    entries.map((entry) => {
      const path = join(root, entry.name);
      if (entry.isDirectory()) return filesBelow(path);
      return entry.isFile() ? [path] : [];
    }),
  );
  return nested.flat();
}

/** Real paths of those that are programs, libraries or scripts. */
export async function keepPrograms(paths: readonly string[]): Promise<Set<string>> {
  const kept = await eachOf(paths, async (path) => {
    const found = await lstat(path).catch(() => null);
    if (found === null || !found.isFile()) return null;
    const suspicion = suspicionOf(path, found.mode);
    if (suspicion === 'none') return null;
    if (suspicion === 'content' && !isProgram(await headOf(path))) return null;
    return realpath(path);
  });
  return new Set(kept.flatMap((path) => path ?? []));
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return new Uint8Array();
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Maps with at most {@link PARALLEL} at once, in order. */
export async function eachOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, worker));
  return results;
}
