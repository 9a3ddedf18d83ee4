import { lstat, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** One name per directory, so that what a crash leaves is found and overwritten; no tool of fapolicyd reads it. */
export const ASIDE = '.cordon-new';

export interface Attributes {
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Milliseconds since 1970; absent: now. */
  readonly modified?: number;
}

/** Writes a file whole or not at all: aside, attributes, synchronised, renamed, directory synchronised. */
export async function writeWhole(
  path: string,
  content: Uint8Array | string,
  attributes: Attributes,
): Promise<void> {
  const aside = join(dirname(path), ASIDE);
  const file = await open(aside, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.chown(attributes.uid, attributes.gid);
    await file.chmod(attributes.mode);
    if (attributes.modified !== undefined)
      await file.utimes(attributes.modified / 1000, attributes.modified / 1000);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, path);
  await synchronise(dirname(path));
}

/** Writes a file for fapolicyd: readable by all, of the owner and group that its directory has. */
export async function writeForEnforcer(path: string, content: string): Promise<void> {
  const { uid, gid } = await stat(dirname(path));
  await writeWhole(path, content, { mode: 0o644, uid, gid });
}

export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
  await synchronise(dirname(path)).catch(() => undefined);
}

export async function synchronise(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Null when there is no such file. */
export async function readIfThere(path: string): Promise<Buffer | null> {
  return absentAsNull(() => readFile(path));
}

/** Regular files of a directory, sorted; null when there is no such directory. */
export async function filesIn(directory: string): Promise<string[] | null> {
  const entries = await absentAsNull(() => readdir(directory, { withFileTypes: true }));
  return entries?.flatMap((entry) => (entry.isFile() ? join(directory, entry.name) : [])).sort() ?? null;
}

export async function attributesOf(path: string): Promise<Attributes & { modified: number }> {
  const { mode, uid, gid, mtimeMs } = await lstat(path);
  return { mode: mode & 0o7777, uid, gid, modified: mtimeMs };
}

async function absentAsNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw cause;
  }
}
