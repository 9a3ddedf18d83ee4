import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Debian packages whose files make fapolicyd run, and FUSE's mounts; everything else they need is in any Debian. */
const PACKAGES = ['fuse3', 'fapolicyd', 'liblmdb0', 'libcap-ng0', 'libmagic1', 'libmagic-mgc', 'libseccomp2'];

const CACHE = fileURLToPath(
  new URL(`../../node_modules/.cache/cordon/${PACKAGES.join('-')}`, import.meta.url),
);

/** Beside what was unpacked: Debian's version of fapolicyd. */
const VERSION = 'fapolicyd.version';

/** Debian's version of the fapolicyd that is unpacked. */
export const unpackedVersion = (): string => readFileSync(join(unpackedFapolicyd(), VERSION), 'utf8');

/**
 * Directory with the unpacked files of Debian's fapolicyd, fetched once with `apt-get download` and unpacked without
 * installing, so that the machine itself is never guarded.
 * @throws Error with the reason when they cannot be had
 */
export function unpackedFapolicyd(): string {
  const root = join(CACHE, 'unpacked');
  if (existsSync(join(root, VERSION))) return root;
  mkdirSync(CACHE, { recursive: true });
  const fetched = mkdtempSync(join(tmpdir(), 'cordon-fetch-'));
  const unpacked = mkdtempSync(join(CACHE, 'unpack-'));
  try {
    if (!download(fetched)) {
      run('apt-get', ['update', '--quiet'], fetched);
      if (!download(fetched)) throw new Error(`apt-get could not download ${PACKAGES.join(', ')}`);
    }
    for (const name of readdirSync(fetched).filter((file) => file.endsWith('.deb'))) {
      const file = join(fetched, name);
      if (!run('dpkg', ['--extract', file, unpacked], fetched))
        throw new Error(`dpkg could not unpack ${name}`);
      if (name.startsWith('fapolicyd_')) writeFileSync(join(unpacked, VERSION), versionOf(file));
    }
    // Two test files may come here at once; whoever is second uses what the first made.
    if (!existsSync(root)) renameSync(unpacked, root);
  } finally {
    rmSync(fetched, { recursive: true, force: true });
    rmSync(unpacked, { recursive: true, force: true });
  }
  return root;
}

const versionOf = (file: string): string =>
  spawnSync('dpkg', ['--field', file, 'Version'], { encoding: 'utf8' }).stdout.trim();

const download = (directory: string) => run('apt-get', ['download', '--quiet', ...PACKAGES], directory);

function run(program: string, args: readonly string[], cwd: string): boolean {
  return spawnSync(program, args, { cwd, stdio: 'ignore', timeout: 120_000 }).status === 0;
}
