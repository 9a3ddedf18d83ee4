import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Kilobytes of 1,000 bytes, compressed by gzip, that a browser may have to load before the first page can be used. */
export const SCRIPT_LIMIT = 200;

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
}

/** Kilobytes of compressed script that the first page loads: the entry with all that it imports. @param folder of the build */
export function firstLoad(folder: string): number {
  const manifest = JSON.parse(readFileSync(join(folder, '.vite', 'manifest.json'), 'utf8')) as Record<
    string,
    Chunk
  >;
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const imported of manifest[name]?.imports ?? []) visit(imported);
  };
  for (const [name, { isEntry }] of Object.entries(manifest)) if (isEntry === true) visit(name);
  const bytes = [...seen].map((name) => sizeOf(join(folder, manifest[name]!.file)));
  return bytes.reduce((sum, size) => sum + size, 0) / 1000;
}

/** Of the compressed file; of the file itself where it is too small to be compressed. */
function sizeOf(file: string): number {
  return (statSync(`${file}.gz`, { throwIfNoEntry: false }) ?? statSync(file)).size;
}
