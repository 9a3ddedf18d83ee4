import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** A built file in every encoding that it is sent in. */
export interface BuiltFile {
  readonly type: string;
  /** True for one whose name changes with its contents. */
  readonly hashed: boolean;
  readonly etag: string;
  /** By content coding. */
  readonly bodies: Readonly<Record<'identity' | 'gzip', Buffer>> & { readonly br?: Buffer };
}

/** The built files by their path below `/console/`. */
export type BuiltFiles = ReadonlyMap<string, BuiltFile>;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};
/** Where Vite puts files whose name has a hash of their contents. */
export const HASHED_FOLDER = 'assets/';
export const INDEX = 'index.html';

const compress = promisify(gzip);

/**
 * Reads a built console; null where none is. Names that the table of types does not have, and what a link leads to, are
 * left out.
 */
export async function readBuilt(folder: string): Promise<BuiltFiles | null> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => null);
  const paths = (entries ?? [])
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, sep).length));
  const known = paths.filter((path) => TYPES[extname(path)] !== undefined);
  const files = await Promise.all(
    known.map(async (path) => [path.replaceAll(sep, '/'), await readOne(folder, path, paths)] as const),
  );
  const built = new Map(files);
  return built.has(INDEX) ? built : null;
}

async function readOne(folder: string, path: string, paths: readonly string[]): Promise<BuiltFile> {
  const identity = await readFile(join(folder, path));
  const made = async (ending: string) =>
    paths.includes(`${path}${ending}`) ? await readFile(join(folder, `${path}${ending}`)) : null;
  const br = await made('.br');
  return {
    type: TYPES[extname(path)] as string,
    hashed: path.replaceAll(sep, '/').startsWith(HASHED_FOLDER),
    etag: createHash('sha256').update(identity).digest('base64url').slice(0, 27),
    bodies: {
      identity,
      gzip: (await made('.gz')) ?? (await compress(identity, { level: 9 })),
      ...(br === null ? {} : { br }),
    },
  };
}

/** Reads the console again when another one was built. */
export function createBuilt(folder: string): () => Promise<BuiltFiles | null> {
  let files: Promise<BuiltFiles | null> | null = null;
  let builtAt = Number.NaN;
  return async () => {
    const found = await stat(join(folder, INDEX)).catch(() => null);
    if (found === null) return null;
    if (files === null || found.mtimeMs !== builtAt) {
      builtAt = found.mtimeMs;
      files = readBuilt(folder);
    }
    return files;
  };
}
