import { chmod, chown, lstat, mkdir, readlink, rmdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
  /** base64; of a link, the content it led to */
  readonly content: string;
  /** Where a symbolic link leads; null for a file. */
  readonly link: string | null;
}

/** Every file of fapolicyd's configuration that a restriction writes, moves or removes, and the directories of them. */
export interface Snapshot {
  /** Directories that were there, by path; what is not named was absent. */
  readonly directories: Readonly<Record<string, Attributes>>;
  /** Files that were there, by path; what is not named was absent. */
  readonly files: Readonly<Record<string, KeptFile>>;
}

export async function takeSnapshot(paths: Paths): Promise<Snapshot> {
  const directories: Record<string, Attributes> = {};
  for (const path of directoriesOf(paths)) {
    const found = await attributesOf(path).catch(() => null);
    if (found !== null) directories[path] = { mode: found.mode, uid: found.uid, gid: found.gid };
  }
  const files: Record<string, KeptFile> = {};
  for (const path of [...single(paths), ...((await filesIn(paths.rules)) ?? [])]) {
    if (path.endsWith(`/${ASIDE}`)) continue;
    const kept = await keep(path);
    if (kept !== null) files[path] = kept;
  }
  return { directories, files };
}

async function keep(path: string): Promise<KeptFile | null> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return null;
  const link = found.isSymbolicLink() ? await readlink(path) : null;
  // A link that leads nowhere has no content, and is restored as it was.
  const content = (await readIfThere(path)) ?? Buffer.alloc(0);
  return { ...(await attributesOf(path)), content: content.toString('base64'), link };
}

/** Puts the files back exactly; those that are as they were are not touched. */
export async function restoreSnapshot(paths: Paths, { directories, files }: Snapshot): Promise<void> {
  const now = await takeSnapshot(paths);
  // Ours go first: on a full disk they make room for what is put back.
  for (const path of Object.keys(now.files)) if (!(path in files)) await removeFile(path);
  for (const path of Object.keys(directories)) await mkdir(path, { recursive: true, mode: 0o755 });
  for (const [path, file] of Object.entries(files)) {
    const present = now.files[path];
    if (present === undefined || differs(present, file)) await putBack(path, file);
  }
  for (const directory of [...directoriesOf(paths), dirname(paths.conf)])
    await removeFile(join(directory, ASIDE));
  for (const path of directoriesOf(paths)) await restoreDirectory(path, directories[path] ?? null);
}

async function putBack(path: string, { content, link, ...attributes }: KeptFile): Promise<void> {
  if (link === null) return writeWhole(path, Buffer.from(content, 'base64'), attributes);
  await removeFile(path);
  await symlink(link, path);
}

/** One that holds something of somebody else by now stays. */
async function restoreDirectory(path: string, before: Attributes | null): Promise<void> {
  if (before === null) {
    await rmdir(path).catch(() => undefined);
    return;
  }
  const now = await attributesOf(path);
  if (now.mode !== before.mode) await chmod(path, before.mode);
  if (now.uid !== before.uid || now.gid !== before.gid) await chown(path, before.uid, before.gid);
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
    one.content !== other.content ||
    one.link !== other.link ||
    one.mode !== other.mode ||
    one.uid !== other.uid ||
    one.gid !== other.gid
  );
}

const directoriesOf = ({ rules, trustDirectory }: Paths) => [rules, trustDirectory];

const single = ({ conf, compiled, compiledBefore, oldRules, trust }: Paths) => [
  conf,
  compiled,
  compiledBefore,
  oldRules,
  trust,
];
