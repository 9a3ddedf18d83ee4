/** A disk of a few megabytes, in a mount namespace of its own, that a test fills and empties. Needs root. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Mounts the disk at `$1` and becomes the command that follows. Nobody else sees the mount, and it goes with the process. */
const MOUNT = (megabytes: number) =>
  `mount -t tmpfs -o size=${megabytes}m,mode=700 tmpfs "$1" && shift && exec "$@"`;

/** Words before a command whose process has the disk at the directory. */
export const onSmallDisk = (directory: string, megabytes: number): readonly string[] => [
  ...['unshare', '--mount', '--propagation', 'private'],
  ...['sh', '-c', MOUNT(megabytes), 'sh', directory],
];

/** Why there is no such disk here; null when there is. */
export function whyNoSmallDisk(): string | null {
  if (process.platform !== 'linux') return 'needs Linux';
  const { status } = spawnSync('unshare', [
    '--mount',
    '--propagation',
    'private',
    'mount',
    '-t',
    'tmpfs',
    'tmpfs',
    '/mnt',
  ]);
  return status === 0 ? null : 'needs root, to mount a small disk in a namespace of its own';
}

/** The disk of a process, seen from outside. */
export function diskOf(pid: number, directory: string) {
  const path = `/proc/${pid}/root${directory}`;
  const ballast = join(path, 'ballast');
  return {
    path,
    /** Leaves no room, not even for a byte. */
    fill(): void {
      for (let size = 1 << 20; size >= 1; size >>= 1) {
        try {
          for (;;) appendFileSync(ballast, Buffer.alloc(size));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        }
      }
    },
    empty: () => rmSync(ballast),
  };
}
