import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ASIDE,
  type Attributes,
  attributesOf,
  filesIn,
  readIfThere,
  removeFile,
  writeWhole,
} from './files.ts';
import type { pathsOf } from './options.ts';

type Paths = ReturnType<typeof pathsOf>;

/** One of fapolicyd's files, whole. */
export interface KeptFile extends Attributes {
  readonly modified: number;
  /** base64 */
  readonly content: string;
}

/** Every file of fapolicyd's configuration that a restriction writes, moves or removes. */
export interface Snapshot {
  /** False when there was no `rules.d` at all. */
  readonly rulesDirectory: boolean;
  /** Files that were there, by path; what is not named was absent. */
  readonly files: Readonly<Record<string, KeptFile>>;
}

export async function takeSnapshot(paths: Paths): Promise<Snapshot> {
  const rules = await filesIn(paths.rules);
  const files: Record<string, KeptFile> = {};
  for (const path of [...single(paths), ...(rules ?? [])]) {
    if (path.endsWith(`/${ASIDE}`)) continue;
    const content = await readIfThere(path);
    if (content !== null)
      files[path] = { ...(await attributesOf(path)), content: content.toString('base64') };
  }
  return { rulesDirectory: rules !== null, files };
}

/** Puts the files back exactly; those that are as they were are not touched. */
export async function restoreSnapshot(paths: Paths, snapshot: Snapshot): Promise<void> {
  if (snapshot.rulesDirectory) await mkdir(paths.rules, { recursive: true, mode: 0o755 });
  const now = await takeSnapshot(paths);
  for (const [path, { content, ...attributes }] of Object.entries(snapshot.files)) {
    const present = now.files[path];
    if (present === undefined || differs(present, { content, ...attributes }))
      await writeWhole(path, Buffer.from(content, 'base64'), attributes);
  }
  for (const path of Object.keys(now.files)) if (!(path in snapshot.files)) await removeFile(path);
  for (const directory of [paths.rules, paths.trustDirectory, join(paths.conf, '..')])
    await removeFile(join(directory, ASIDE));
  if (!snapshot.rulesDirectory) await rmdir(paths.rules).catch(() => undefined);
}

/** What differs, a phrase each; empty when the two are equal. */
export function compareSnapshots(before: Snapshot, now: Snapshot): string[] {
  const paths = [...new Set([...Object.keys(before.files), ...Object.keys(now.files)])].sort();
  return paths.flatMap((path) => {
    const [one, other] = [before.files[path], now.files[path]];
    if (one === undefined) return `${path} was not there`;
    if (other === undefined) return `${path} is missing`;
    return differs(one, other) ? `${path} is different` : [];
  });
}

/** The time of change is put back but not compared: a touched file with the same content does the same. */
function differs(one: KeptFile, other: KeptFile): boolean {
  return (
    one.content !== other.content || one.mode !== other.mode || one.uid !== other.uid || one.gid !== other.gid
  );
}

const single = ({ conf, compiled, compiledBefore, oldRules, trust }: Paths) => [
  conf,
  compiled,
  compiledBefore,
  oldRules,
  trust,
];
