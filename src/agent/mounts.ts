import { readFile } from 'node:fs/promises';

/** A mount as this process sees it. */
export interface Mount {
  /** `major:minor`; mounts of one file system have the same. */
  readonly device: string;
  readonly point: string;
  /** Type of the file system, with its subtype: `ext4`, `fuse.sshfs`. */
  readonly type: string;
  readonly writable: boolean;
  readonly executable: boolean;
}

/** `/proc/self/mountinfo` (proc(5)); what cannot be read as such a line is left out. */
export function parseMounts(mountinfo: string): Mount[] {
  return mountinfo.split('\n').flatMap((line): Mount[] => {
    const [mount = '', fileSystem = ''] = line.split(' - ');
    const [, , device, , point, options] = mount.split(' ');
    const [type, , superOptions] = fileSystem.split(' ');
    if (device === undefined || point === undefined || type === undefined) return [];
    const has = (list: string | undefined, option: string) => (list ?? '').split(',').includes(option);
    return [
      {
        device,
        point: unescaped(point),
        type,
        writable: !has(options, 'ro') && !has(superOptions, 'ro'),
        executable: !has(options, 'noexec'),
      },
    ];
  });
}

export async function readMounts(): Promise<Mount[]> {
  return parseMounts(await readFile('/proc/self/mountinfo', 'utf8'));
}

/** Blanks, tabs, line ends and backslashes are written as octal numbers. */
const unescaped = (path: string) =>
  path.replaceAll(/\\([0-7]{3})/g, (_all, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
