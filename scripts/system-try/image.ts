import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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

/** Makes the guest's disk in a directory; an image that is there is made anew of the root that is there. */
export function makeImage(directory: string, executable: string): Image {
  const root = join(directory, 'root');
  const { site, release } = mirror();
  run('debootstrap', [
    '--variant=minbase',
    `--include=${PACKAGES.replaceAll(' ', ',')}`,
    release,
    root,
    site,
  ]);
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
  cpSync(executable, join(root, 'var/tmp/cordon-agent'));
  const systemctl = (...args: string[]) => run('systemctl', ['--root', root, ...args]);
  systemctl('enable', 'try-shell.service', 'systemd-networkd.service');
  systemctl(
    'mask',
    'serial-getty@ttyS0.service',
    'systemd-timesyncd.service',
    'apt-daily.timer',
    'apt-daily-upgrade.timer',
  );
  const disk = join(directory, 'disk.img');
  rmSync(disk, { force: true });
  writeFileSync(disk, '');
  truncateSync(disk, 3 * 1024 ** 3);
  run('mke2fs', ['-q', '-t', 'ext4', '-d', root, disk]);
  const boot = (name: string) => {
    const [found] = globSync(join(root, 'boot', name));
    if (found === undefined) throw new Error(`The guest has no ${name}.`);
    cpSync(found, join(directory, name.replace('-*', '')));
    return join(directory, name.replace('-*', ''));
  };
  const image = { disk, kernel: boot('vmlinuz-*'), initrd: boot('initrd.img-*') };
  rmSync(root, { recursive: true, force: true });
  return image;
}
