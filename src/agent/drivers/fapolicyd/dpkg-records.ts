import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readIfThere } from './files.ts';
import { eachOf } from './trust-candidates.ts';

/** What dpkg's records say of the files it installed. */
export interface DpkgRecords {
  /** Every path that an installed package has, with the links of its directories followed. */
  readonly paths: ReadonlySet<string>;
  /** MD5 by path, of each package that has one there; hexadecimal. Packages may have none for a file. */
  readonly digests: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads the lists and checksums of the packages (`/var/lib/dpkg/info`) and where files were diverted to.
 * Whoever may write there is root already; what the records say is no more than what root says.
 */
export async function readDpkgRecords(info: string): Promise<DpkgRecords> {
  const names = (await readdir(info)).sort();
  const real = createDirectoryResolver();
  const diverted = parseDiversions(
    (await readIfThere(join(dirname(info), 'diversions')))?.toString('utf8') ?? '',
  );
  const paths = new Set<string>();
  const digests = new Map<string, string[]>();
  const placed = async (path: string, owner: string) => real(diversionOf(diverted, path, owner));
  await eachOf(names, async (name) => {
    const [, owner, kind] = /^(.+?)(?::\w+)?\.(list|md5sums)$/.exec(name) ?? [];
    if (owner === undefined) return;
    const lines = (await readFile(join(info, name), 'utf8')).split('\n');
    if (kind === 'list') {
      for (const path of lines) if (path.startsWith('/')) paths.add(await placed(path, owner));
      return;
    }
    for (const line of lines) {
      const [, digest, path] = /^([0-9a-f]{32}) {2}(.+)$/.exec(line) ?? [];
      if (digest === undefined) continue;
      const at = await placed(`/${path}`, owner);
      digests.set(at, [...(digests.get(at) ?? []), digest]);
    }
  });
  return { paths, digests };
}

/** The package that may have a path, by path, and where the files of all others go instead. */
type Diversions = ReadonlyMap<string, { readonly to: string; readonly by: string }>;

/** dpkg's file: three lines each for the path, the path instead, and the package (`:` for the administrator). */
export function parseDiversions(text: string): Diversions {
  const lines = text.split('\n');
  const found = new Map<string, { to: string; by: string }>();
  for (let at = 0; at + 2 < lines.length; at += 3)
    found.set(lines[at]!, { to: lines[at + 1]!, by: lines[at + 2]! });
  return found;
}

function diversionOf(diverted: Diversions, path: string, owner: string): string {
  const entry = diverted.get(path);
  return entry === undefined || entry.by === owner ? path : entry.to;
}

/** Follows the links in a path's directory, such as `/bin`; each directory is asked once. */
function createDirectoryResolver(): (path: string) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  return async (path) => {
    const directory = dirname(path);
    let real = known.get(directory);
    if (real === undefined) {
      real = realpath(directory).catch(() => directory);
      known.set(directory, real);
    }
    return join(await real, basename(path));
  };
}
