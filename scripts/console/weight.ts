import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Kilobytes of 1,000 bytes, compressed by gzip, that a browser may have to load before the first page can be used. */
export const SCRIPT_LIMIT = 200;

/** Names of the files that the first page of somebody who is signed in is made of, as config.ts gives them. */
const FIRST = ['first', 'pages'];

interface Chunk {
  readonly file: string;
  readonly name?: string;
  readonly imports?: readonly string[];
}

/**
 * Kilobytes of compressed script that the first page loads, with all that it imports. @param folder of the build
 * @throws Error when the build has not the files that the page is made of
 */
export function firstLoad(folder: string): number {
  const manifest = JSON.parse(readFileSync(join(folder, '.vite', 'manifest.json'), 'utf8')) as Record<
    string,
    Chunk
  >;
  const seen = new Set<string>();
  const visit = (key: string): void => {
    if (seen.has(key)) return;
    seen.add(key);
    for (const imported of manifest[key]?.imports ?? []) visit(imported);
  };
  for (const name of FIRST) {
    const key = Object.keys(manifest).find((one) => manifest[one]?.name === name);
    if (key === undefined) throw new Error(`The build has no file ${name}.`);
    visit(key);
  }
  const bytes = [...seen].map((key) => sizeOf(join(folder, manifest[key]!.file)));
  return bytes.reduce((sum, size) => sum + size, 0) / 1000;
}

/** Of the compressed file; of the file itself where it is too small to be compressed. */
function sizeOf(file: string): number {
  return (statSync(`${file}.gz`, { throwIfNoEntry: false }) ?? statSync(file)).size;
}
