import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { INSIDE } from './fapolicyd-inside.ts';
import { unpackedFapolicyd, unpackedVersion } from './fapolicyd-package.ts';
import { BEHIND_UNSHARE, UNSHARE } from './fapolicyd-sysctls.ts';

/** Programs of the machine that the world has; `fagenrules` needs most, the rest is for tests. */
const PROGRAMS =
  'sh mktemp ls grep cat mawk cmp cp chmod chgrp rm mv wc true false sleep id setpriv unshare pidof touch kill sed mkdir mount umount perl'.split(
    ' ',
  );

/** Programs that nobody runs; {@link INSIDE.systemRoots} have 300 with them, and more. */
const FURTHER = 300;

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

/** Fills an empty directory with a whole small Debian that has fapolicyd and Node. */
export function fillRoot(root: string): void {
  for (const directory of 'usr/bin usr/sbin usr/lib usr/lib64 etc proc dev run/fapolicyd tmp srv media mnt var/lib/fapolicyd var/lib/dpkg/info var/log opt'.split(
    ' ',
  ))
    mkdirSync(join(root, directory), { recursive: true });
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(root, name));
  spawnSync('chmod', ['1777', join(root, 'tmp'), join(root, 'srv')]);
  copyFapolicyd(root);
  for (const name of PROGRAMS) cpSync(realpathSync(`/usr/bin/${name}`), join(root, `usr/bin/${name}`));
  symlinkSync('mawk', join(root, 'usr/bin/awk'));
  copyUnshare(root);
  cpSync(process.execPath, join(root, INSIDE.node));
  copyLibraries(root, [
    ...[...PROGRAMS, 'nsenter'].map((name) => `/usr/bin/${name}`),
    process.execPath,
    ...['fapolicyd', 'fapolicyd-cli'].map((name) => join(root, 'usr/sbin', name)),
  ]);
  fillUp(root);
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
    `Package: fapolicyd\nStatus: install ok installed\nVersion: ${unpackedVersion()}\n\n`,
  );
}

/** `unshare` enters the world's own user namespace first. */
function copyUnshare(root: string): void {
  mkdirSync(join(root, BEHIND_UNSHARE), { recursive: true });
  cpSync('/usr/bin/unshare', join(root, BEHIND_UNSHARE, 'unshare'));
  cpSync('/usr/bin/nsenter', join(root, BEHIND_UNSHARE, 'enter'));
  chmodSync(join(root, BEHIND_UNSHARE, 'enter'), 0o4755);
  writeFileSync(join(root, 'usr/bin/unshare'), UNSHARE, { mode: 0o755 });
}

/** Libraries go where they are asked for. All programs are asked about at once: one by one it takes two seconds. */
function copyLibraries(root: string, programs: readonly string[]): void {
  const own = join(root, 'usr/lib', `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`);
  const { stdout } = spawnSync('ldd', programs, {
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

/** A system of few files is none that a driver with its own settings would restrict. */
function fillUp(root: string): void {
  for (let at = 0; at < FURTHER; at += 1)
    writeFileSync(join(root, `usr/lib/further-${at}`), '#!/usr/bin/sh\n', { mode: 0o755 });
}

/** dpkg's list of the system's files, by which the driver's own defaults find what to trust. */
function listPackaged(root: string): void {
  const files = readdirSync(join(root, 'usr'), { recursive: true, encoding: 'utf8' });
  writeFileSync(join(root, 'var/lib/dpkg/info/world.list'), files.map((file) => `/usr/${file}\n`).join(''));
}
