import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { OPENED } from '../drivers/fapolicyd/rules.ts';
import { synchronise } from '../durable-file.ts';
import { AgentError } from '../error.ts';

/**
 * Bytes of a write. The kernel keeps a file that was written in large pieces in large pieces, and maps those whole: the
 * idle agent of 68 MB then counts as 100 MB (measured on Linux 6.18 with ext4).
 */
const PIECE = 16_384;

/** Copies an executable into place, whole or not at all; one that runs from there goes on with the old content. */
export async function placeExecutable(from: string, to: string): Promise<void> {
  const aside = `${to}.new`;
  try {
    const source = createReadStream(from, { highWaterMark: PIECE });
    const target = await open(aside, 'w', 0o755);
    try {
      for await (const piece of source) await target.writeFile(piece as Buffer);
      await target.chmod(0o755);
      await target.sync();
    } finally {
      await target.close();
    }
    await rename(aside, to);
    await synchronise(dirname(to));
  } finally {
    await rm(aside, { force: true });
  }
}

/** SHA-256 in hexadecimal; null when there is no such file. */
export async function digestOfFile(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw unreadable(path, cause as NodeJS.ErrnoException);
  }
  return hash.digest('hex');
}

/** Says what to do about an executable that the enforcer keeps from being read; any other fault as it is. */
export function unreadable(path: string, cause: NodeJS.ErrnoException): Error {
  if (cause.code !== 'EPERM') return cause;
  return new AgentError(
    'configuration',
    `${path} cannot be read: while this device is restricted, programs that it does not know are opened below ${OPENED.join(' and ')} only. Move the file there and name it with --executable.`,
    { cause },
  );
}
