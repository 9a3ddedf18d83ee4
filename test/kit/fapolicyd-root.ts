import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unpackedFapolicyd } from './fapolicyd-package.ts';
import { BEHIND_UNSHARE, UNSHARE } from './fapolicyd-sysctls.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** Programs of the machine that the world has; `fagenrules` needs most, the rest is for tests. */
const PROGRAMS =
  'sh mktemp ls grep cat mawk cmp cp chmod chgrp rm mv wc true false sleep id setpriv unshare pidof touch kill sed mkdir mount umount perl'.split(
    ' ',
  );

/** Where things are inside the world. */
export const INSIDE = {
  node: '/usr/bin/node',
  /** The project's sources, and the packages the product needs when they were asked for. */
  project: '/opt/cordon',
  /** Directories of everything that is code inside, to be trusted. */
  systemRoots: ['/usr/bin', '/usr/sbin', '/usr/lib', '/usr/lib64'],
  stateDirectory: '/var/lib/cordon',
} as const;

/**
 * The owner's configuration before anything of ours. It runs as root, since a container may lack the capability that
 * fapolicyd needs to become another user.
 */
const CONFIGURATION = `# The owner's own words.
permissive = 0
nice_val = 14
q_size = 640
uid = 0
gid = 0
do_stat_report = 0
detailed_report = 0
db_max_size = 50
watch_fs = ramfs
trust = file
integrity = none
allow_filesystem_mark = 0
`;

/** Fills an empty directory with a whole small Debian that has fapolicyd, Node and this project. */
export function fillRoot(root: string, { packages }: { packages: boolean }): void {
  for (const directory of 'usr/bin usr/sbin usr/lib usr/lib64 etc proc dev run/fapolicyd tmp srv media mnt var/lib/fapolicyd var/lib/dpkg/info var/log opt'.split(
    ' ',
  ))
    mkdirSync(join(root, directory), { recursive: true });
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(root, name));
  spawnSync('chmod', ['1777', join(root, 'tmp'), join(root, 'srv')]);
  copyFapolicyd(root);
  for (const name of PROGRAMS) copyProgram(root, `/usr/bin/${name}`, `/usr/bin/${name}`);
  symlinkSync('mawk', join(root, 'usr/bin/awk'));
  copyUnshare(root);
  copyProgram(root, process.execPath, INSIDE.node);
  for (const name of ['fapolicyd', 'fapolicyd-cli']) copyLibraries(root, join(root, 'usr/sbin', name));
  copyProject(root, packages);
  listPackaged(root);
  for (const [name, major, minor] of [
    ['null', '1', '3'],
    ['zero', '1', '5'],
    ['random', '1', '8'],
    ['urandom', '1', '9'],
    ['fuse', '10', '229'],
  ] as const)
    spawnSync('mknod', ['-m', '666', join(root, 'dev', name), 'c', major, minor]);
}

function copyFapolicyd(root: string): void {
  const source = unpackedFapolicyd();
  for (const part of ['etc/fapolicyd', 'usr/sbin', 'usr/share/fapolicyd', 'usr/share/misc', 'usr/lib'])
    if (existsSync(join(source, part)))
      cpSync(join(source, part), join(root, part), { recursive: true, verbatimSymlinks: true });
  const mounter = join(root, 'usr/bin/fusermount3');
  copyFileSync(join(source, 'bin/fusermount3'), mounter);
  chmodSync(mounter, 0o4755);
  writeFileSync(join(root, 'etc/fapolicyd/fapolicyd.conf'), CONFIGURATION);
  chownSync(join(root, 'etc/fapolicyd/rules.d'), 0, 990);
  writeFileSync(
    join(root, 'etc/passwd'),
    'root:x:0:0::/:/bin/sh\nfapolicyd:x:990:990::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n',
  );
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nfapolicyd:x:990:\nnogroup:x:65534:\n');
  writeFileSync(
    join(root, 'var/lib/dpkg/status'),
    `Package: fapolicyd\nStatus: install ok installed\nVersion: ${versionOf()}\n\n`,
  );
}

function versionOf(): string {
  const shown = spawnSync('apt-cache', ['show', '--no-all-versions', 'fapolicyd'], {
    encoding: 'utf8',
  }).stdout;
  return /^Version: (\S+)$/m.exec(shown)?.[1] ?? '1.1.7-5';
}

function copyProgram(root: string, from: string, to: string): void {
  const real = realpathSync(from);
  cpSync(real, join(root, to));
  copyLibraries(root, real);
}

/** `unshare` enters the world's own user namespace first. */
function copyUnshare(root: string): void {
  mkdirSync(join(root, BEHIND_UNSHARE), { recursive: true });
  copyProgram(root, '/usr/bin/unshare', `${BEHIND_UNSHARE}/unshare`);
  copyProgram(root, '/usr/bin/nsenter', `${BEHIND_UNSHARE}/enter`);
  chmodSync(join(root, BEHIND_UNSHARE, 'enter'), 0o4755);
  writeFileSync(join(root, 'usr/bin/unshare'), UNSHARE, { mode: 0o755 });
}

/** Libraries go where their real paths are, with the names they are asked for as links. */
function copyLibraries(root: string, program: string): void {
  const own = join(root, 'usr/lib', `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`);
  const { stdout } = spawnSync('ldd', [program], {
    encoding: 'utf8',
    env: { ...process.env, LD_LIBRARY_PATH: own },
  });
  for (const path of stdout.match(/\/\S+(?= \(0x)/g) ?? []) {
    if (path.startsWith(root)) continue;
    const target = join(root, path.startsWith('/usr/') ? path : `/usr${path}`);
    if (existsSync(target)) continue;
    mkdirSync(dirname(target), { recursive: true });
    cpSync(realpathSync(path), target);
  }
}

/** Sources and test kit always; the product's packages, without those for development and the supplied Node. */
function copyProject(root: string, packages: boolean): void {
  const target = join(root, INSIDE.project);
  mkdirSync(target, { recursive: true });
  for (const part of ['package.json', 'src', 'test/kit'])
    cpSync(join(PROJECT, part), join(target, part), { recursive: true });
  if (!packages) return;
  const lock = JSON.parse(readFileSync(join(PROJECT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean }>;
  };
  for (const [path, { dev, optional }] of Object.entries(lock.packages)) {
    const nested = path.lastIndexOf('node_modules/') > 0;
    if (path === '' || nested || dev || optional || !existsSync(join(PROJECT, path))) continue;
    cpSync(join(PROJECT, path), join(target, path), { recursive: true });
  }
}

/** dpkg's list of the system's files, by which the driver's own defaults find what to trust. */
function listPackaged(root: string): void {
  const files = readdirSync(join(root, 'usr'), { recursive: true, encoding: 'utf8' });
  writeFileSync(join(root, 'var/lib/dpkg/info/world.list'), files.map((file) => `/usr/${file}\n`).join(''));
}
