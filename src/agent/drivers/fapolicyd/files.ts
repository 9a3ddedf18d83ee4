import { lstat, open, readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { synchronise, writing } from '../../durable-file.ts';

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
  await writing(path, aside, async () => {
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
  });
}

/**
 * Writes as much as is going to be written into a directory, and takes it away: a full disk or a read-only file system
 * shows before anything is changed. A directory that does not exist is made later, in one that does.
 */
export async function rehearse(directory: string, bytes: number): Promise<void> {
  const aside = join(directory, ASIDE);
  if ((await absentAsNull(() => stat(directory))) === null) return;
  await writing(directory, aside, async () => {
    const file = await open(aside, 'w', 0o600);
    try {
      await file.writeFile(Buffer.alloc(bytes));
      await file.sync();
    } finally {
      await file.close();
    }
    await rm(aside);
  });
}

/** Writes a file for fapolicyd: readable by all, of the owner and group that its directory has. */
export async function writeForEnforcer(path: string, content: string): Promise<void> {
  const { uid, gid } = await stat(dirname(path));
  await writeWhole(path, content, { mode: 0o644, uid, gid });
}

/** Removes a file or link, where it is. Node's `rm` with `force` takes a link that leads nowhere for absent (measured). */
export async function removeFile(path: string): Promise<void> {
  await absentAsNull(() => unlink(path));
  await synchronise(dirname(path)).catch(() => undefined);
}

/** Null when there is no such file. */
export async function readIfThere(path: string): Promise<Buffer | null> {
  return absentAsNull(() => readFile(path));
}

/** Files and links of a directory, sorted; null when there is no such directory. */
export async function filesIn(directory: string): Promise<string[] | null> {
  const entries = await absentAsNull(() => readdir(directory, { withFileTypes: true }));
  const kept = entries?.filter((entry) => entry.isFile() || entry.isSymbolicLink());
  return kept?.map(({ name }) => join(directory, name)).sort() ?? null;
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
