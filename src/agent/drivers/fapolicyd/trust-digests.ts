import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { writeFileDurably } from '../../durable-file.ts';
import { readIfThere } from './files.ts';
import { eachOf } from './trust-candidates.ts';

/** A file as the trust database knows it. */
export interface TrustedFile {
  readonly path: string;
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** What tells that a file was not changed since its digest was made; the change time cannot be set by a program. */
type Stamp = string;
type Cache = Record<string, readonly [Stamp, string]>;

/**
 * Size and digest of each file; those that vanished meanwhile are left out. Digests are remembered in `cachePath`,
 * since those of a whole system take 35 s (measured) and hardly ever change.
 */
export async function withDigests(paths: readonly string[], cachePath: string): Promise<TrustedFile[]> {
  const known = await readCache(cachePath);
  const fresh: Cache = {};
  const files = await eachOf(paths, async (path): Promise<TrustedFile | null> => {
    const found = await stat(path, { bigint: true }).catch(() => null);
    if (found === null || !found.isFile()) return null;
    const stamp = [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');
    const remembered = known[path];
    const sha256 = remembered?.[0] === stamp ? remembered[1] : await digestOf(path);
    fresh[path] = [stamp, sha256];
    return { path, size: Number(found.size), sha256 };
  });
  if (JSON.stringify(fresh) !== JSON.stringify(known)) await writeCache(cachePath, fresh);
  return files.flatMap((file) => file ?? []);
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 262_144 }), hash);
  return hash.digest('hex');
}

/** One that a full disk does not take is only made again. */
async function writeCache(path: string, fresh: Cache): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFileDurably(path, JSON.stringify(fresh));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
  }
}

/** A cache that cannot be read is only slow. */
async function readCache(path: string): Promise<Cache> {
  try {
    return JSON.parse((await readIfThere(path))?.toString('utf8') ?? '{}') as Cache;
  } catch {
    return {};
  }
}
