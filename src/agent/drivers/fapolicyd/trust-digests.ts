import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeFileDurably } from '../../durable-file.ts';
import { readIfThere } from './files.ts';
import { eachOf } from './trust-candidates.ts';

/** A file as the trust database knows it. */
export interface TrustedFile {
  readonly path: string;
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Hexadecimal; only to compare with dpkg's records. */
  readonly md5: string;
}

/** What tells that a file was not changed since its digest was made; the change time cannot be set by a program. */
type Stamp = string;
type Digests = Pick<TrustedFile, 'sha256' | 'md5'>;
type Cache = Record<string, readonly [Stamp, Digests]>;

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
    const digests = remembered?.[0] === stamp ? remembered[1] : await digestsOf(path);
    fresh[path] = [stamp, digests];
    return { path, size: Number(found.size), ...digests };
  });
  if (JSON.stringify(fresh) !== JSON.stringify(known)) await writeCache(cachePath, fresh);
  return files.flatMap((file) => file ?? []);
}

/** Both in one reading. */
async function digestsOf(path: string): Promise<Digests> {
  const [sha256, md5] = [createHash('sha256'), createHash('md5')];
  for await (const chunk of createReadStream(path, { highWaterMark: 262_144 })) {
    sha256.update(chunk as Buffer);
    md5.update(chunk as Buffer);
  }
  return { sha256: sha256.digest('hex'), md5: md5.digest('hex') };
}

/** Keeps what is only there for speed: what a full disk does not take is made again. */
export async function writeCache(path: string, found: unknown): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFileDurably(path, JSON.stringify(found));
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
