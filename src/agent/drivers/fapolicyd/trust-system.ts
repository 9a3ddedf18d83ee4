import { stat } from 'node:fs/promises';
import { type DpkgRecords, readDpkgRecords } from './dpkg-records.ts';
import { type FapolicydOptions, pathsOf } from './options.ts';
import { readOwn } from './record.ts';
import { keepPrograms, programsBelow } from './trust-candidates.ts';
import { type TrustedFile, withDigests, writeCache } from './trust-digests.ts';

/** The programs, libraries and scripts of the system, found once and valid until the packages change. */
export interface SystemTrust {
  /** Tells which packages it was made of; null when it cannot be told, and then it is never used again. */
  readonly stamp: string | null;
  readonly files: readonly TrustedFile[];
  /** Files of packages that are not what their package installed; they are left out. */
  readonly changed: readonly string[];
  /** Files of packages for which dpkg has no checksum; they are taken as they are. */
  readonly unverified: number;
}

/**
 * What the system's packages and the roots of the options have. The result is kept, since finding and reading it all
 * takes a minute on a large system: a restriction takes the one that was prepared, as long as dpkg changed nothing.
 * @param anew looks again in any case
 */
export async function systemTrust(options: FapolicydOptions, anew: boolean): Promise<SystemTrust> {
  const path = pathsOf(options).system;
  const stamp = await stampOf(options);
  if (!anew && stamp !== null) {
    const kept = await readOwn<SystemTrust>(path).catch(() => null);
    if (kept?.stamp === stamp) return kept;
  }
  const found = { stamp, ...(await look(options)) };
  await writeCache(path, found);
  return found;
}

async function look(options: FapolicydOptions): Promise<Omit<SystemTrust, 'stamp'>> {
  const { packageLists, roots } = options.trust;
  const records: DpkgRecords =
    packageLists === null ? { paths: new Set(), digests: new Map() } : await readDpkgRecords(packageLists);
  const packaged = await keepPrograms([...records.paths]);
  const rooted = await programsBelow(roots);
  const all = await withDigests(
    [...new Set([...packaged, ...rooted])].sort(),
    pathsOf(options).systemDigests,
  );
  const changed = all
    .filter((file) => !rooted.has(file.path) && isChanged(records, file))
    .map(({ path }) => path);
  const out = new Set(changed);
  return {
    files: all.filter(({ path }) => !out.has(path)),
    changed,
    unverified: all.filter(({ path }) => !rooted.has(path) && !records.digests.has(path)).length,
  };
}

/** MD5 is what dpkg has. It shows what was replaced or edited, and does not stand against a forger with root. */
function isChanged({ digests }: DpkgRecords, { path, md5 }: TrustedFile): boolean {
  const known = digests.get(path);
  return known !== undefined && !known.includes(md5);
}

/** Roots have no record of changes, so what was found there is not used again. */
async function stampOf({ trust, packageStatus }: FapolicydOptions): Promise<string | null> {
  if (trust.packageLists === null || packageStatus === null || trust.roots.length > 0) return null;
  const parts = await Promise.all(
    [trust.packageLists, packageStatus].map((path) => stat(path, { bigint: true }).catch(() => null)),
  );
  return parts.map((part) => (part === null ? '-' : `${part.ino} ${part.size} ${part.mtimeNs}`)).join(' ');
}
