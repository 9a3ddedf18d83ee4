import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';

/** What the guest needs: a kernel, systemd, a package manager with the network, and what the agent's executable is linked with. */
const PACKAGES =
  'systemd systemd-sysv linux-image-cloud-amd64 initramfs-tools udev dbus procps ca-certificates iproute2 adduser libatomic1';

/** A shell on the second serial line, which is how the trial is driven. Its code is the shell's, so a restriction leaves it alone. */
const SHELL_UNIT = `[Unit]
Description=A shell for the trial
After=multi-user.target
[Service]
ExecStart=/bin/bash --norc
StandardInput=tty-force
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS1
Environment=PS1= TERM=dumb HOME=/var/tmp
WorkingDirectory=/var/tmp
Restart=always
[Install]
WantedBy=multi-user.target
`;

/** How the package manager takes the age of its lists. */
const MIRROR_SETTINGS = ['Acquire::Check-Valid-Until', 'Acquire::Check-Date'];
/** Units that would disturb the trial. */
const UNWANTED = [
  'serial-getty@ttyS0.service',
  'systemd-timesyncd.service',
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
];

export interface Image {
  readonly disk: string;
  readonly kernel: string;
  readonly initrd: string;
}

/** Runs a program to its end. @throws Error with the end of what it said */
export function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1e8 });
  if (status === 0) return stdout;
  throw new Error(
    `${program} ${args.join(' ')} failed: ${error?.message ?? `${stdout}${stderr}`.slice(-2_000)}`,
  );
}

/** Mirror and release, as this machine's own package manager has them. */
function mirror(): { site: string; release: string } {
  const lines = run('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI) $(RELEASE)',
    'Created-By: Packages',
  ]).split('\n');
  const [site, release] = lines.find((line) => /debian\/? \w+$/.test(line))?.split(' ') ?? [];
  if (site === undefined || release === undefined)
    throw new Error('The package manager here names no Debian mirror.');
  return { site, release };
}

/** Makes the guest's disk in a directory, or takes the one that is there. */
export function makeImage(directory: string): Image {
  const image = {
    disk: join(directory, 'disk.qcow2'),
    kernel: join(directory, 'vmlinuz'),
    initrd: join(directory, 'initrd.img'),
  };
  if (existsSync(image.disk)) return image;
  const root = join(directory, 'root');
  // An interrupted one is made anew.
  rmSync(root, { recursive: true, force: true });
  const { site, release } = mirror();
  const packages = `--include=${PACKAGES.replaceAll(' ', ',')}`;
  run('debootstrap', ['--variant=minbase', packages, release, root, site]);
  furnish(root);
  for (const path of [image.kernel, image.initrd]) {
    const [found] = globSync(join(root, 'boot', `${basename(path)}-*`));
    if (found === undefined) throw new Error(`The guest has no ${basename(path)}.`);
    cpSync(found, path);
  }
  const raw = join(directory, 'disk.raw');
  writeFileSync(raw, '');
  truncateSync(raw, 3 * 1024 ** 3);
  run('mke2fs', ['-q', '-t', 'ext4', '-d', root, raw]);
  run('qemu-img', ['convert', '-O', 'qcow2', raw, `${image.disk}.new`]);
  renameSync(`${image.disk}.new`, image.disk);
  for (const path of [raw, root]) rmSync(path, { recursive: true, force: true });
  return image;
}

/** What a fresh Debian lacks to boot, to reach this machine, and to be driven by it. */
function furnish(root: string): void {
  const put = (path: string, text: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  put('etc/hostname', 'guest\n');
  put('etc/hosts', '127.0.0.1 localhost guest\n');
  put('etc/resolv.conf', 'nameserver 10.0.2.3\n');
  put('etc/fstab', '/dev/vda / ext4 rw 0 1\n');
  put('etc/systemd/network/10-all.network', '[Match]\nName=e*\n[Network]\nDHCP=ipv4\n');
  put('etc/systemd/system/try-shell.service', SHELL_UNIT);
  // A mirror that is a picture of a day is as good here as there.
  put('etc/apt/apt.conf.d/90-as-outside', run('apt-config', ['dump', ...MIRROR_SETTINGS]));
  const systemctl = (...args: string[]) => run('systemctl', ['--root', root, ...args]);
  systemctl('enable', 'try-shell.service', 'systemd-networkd.service');
  systemctl('mask', ...UNWANTED);
}
