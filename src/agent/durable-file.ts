import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file so that a crash at any point leaves the old content or the new one, whole: aside, synchronised,
 * renamed, and the directory synchronised. Mode 0600. One writer at a time per path. What goes wrong names the file.
 */
export async function writeFileDurably(path: string, content: string): Promise<void> {
  const aside = `${path}.new`;
  await writing(path, aside, async () => {
    const file = await open(aside, 'w', 0o600);
    try {
      await file.writeFile(content, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
    await synchronise(dirname(path));
  });
}

export async function synchronise(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What people call the errors that a write meets; any other is told in the system's words. */
const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EROFS: 'the file system is read-only',
  EIO: 'the disk fails',
};

/**
 * Runs what writes `path` by way of `aside`. The operating system names no file when a write fails, so the error is told
 * again with its name; what was written aside is removed, since a full disk needs the room.
 */
export async function writing<T>(path: string, aside: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code, syscall, message } = cause as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw cause;
    await rm(aside, { force: true }).catch(() => undefined);
    const words = WORDS[code] === undefined ? message : `${WORDS[code]} (${code})`;
    throw Object.assign(new Error(`${path} cannot be written: ${words}`, { cause }), { code, syscall, path });
  }
}
