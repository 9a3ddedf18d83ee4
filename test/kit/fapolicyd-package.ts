import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Debian packages whose files make fapolicyd run, and FUSE's mounts; everything else they need is in any Debian. */
const PACKAGES = ['fuse3', 'fapolicyd', 'liblmdb0', 'libcap-ng0', 'libmagic1', 'libmagic-mgc', 'libseccomp2'];

const CACHE = fileURLToPath(
  new URL(`../../node_modules/.cache/cordon/${PACKAGES.join('-')}`, import.meta.url),
);

/**
 * Directory with the unpacked files of Debian's fapolicyd, fetched once with `apt-get download` and unpacked without
 * installing, so that the machine itself is never guarded.
 * @throws Error with the reason when they cannot be had
 */
export function unpackedFapolicyd(): string {
  const root = join(CACHE, 'root');
  if (existsSync(join(root, 'usr/sbin/fapolicyd'))) return root;
  mkdirSync(CACHE, { recursive: true });
  const fetched = mkdtempSync(join(tmpdir(), 'cordon-fetch-'));
  const unpacked = mkdtempSync(join(CACHE, 'unpack-'));
  try {
    if (!download(fetched)) {
      run('apt-get', ['update', '--quiet'], fetched);
      if (!download(fetched)) throw new Error(`apt-get could not download ${PACKAGES.join(', ')}`);
    }
    for (const name of readdirSync(fetched).filter((file) => file.endsWith('.deb')))
      if (!run('dpkg', ['--extract', join(fetched, name), unpacked], fetched))
        throw new Error(`dpkg could not unpack ${name}`);
    // Two test files may come here at once; whoever is second uses what the first made.
    if (!existsSync(root)) renameSync(unpacked, root);
  } finally {
    rmSync(fetched, { recursive: true, force: true });
    rmSync(unpacked, { recursive: true, force: true });
  }
  return root;
}

const download = (directory: string) => run('apt-get', ['download', '--quiet', ...PACKAGES], directory);

function run(program: string, args: readonly string[], cwd: string): boolean {
  return spawnSync(program, args, { cwd, stdio: 'ignore', timeout: 120_000 }).status === 0;
}
