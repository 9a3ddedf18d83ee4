import { stat } from 'node:fs/promises';
import type { CanaryPlace } from '../../canary/canary.ts';
import type { Mount } from '../../mounts.ts';

/**
 * Local file systems that programs can be kept on. All are watched while restricted, whether or not one is mounted now,
 * since a desktop mounts what is plugged in.
 */
export const LOCAL_TYPES: readonly string[] =
  'ext2 ext3 ext4 xfs btrfs f2fs jfs reiserfs nilfs2 bcachefs zfs tmpfs ramfs vfat exfat ntfs ntfs3 hfsplus iso9660 udf squashfs erofs'.split(
    ' ',
  );

/** The kernel's own, which hold no programs. */
const WITHOUT_PROGRAMS: ReadonlySet<string> = new Set(
  'proc sysfs cgroup cgroup2 devpts mqueue securityfs debugfs tracefs configfs pstore bpf efivarfs autofs binfmt_misc fusectl hugetlbfs nsfs rpc_pipefs selinuxfs nfsd'.split(
    ' ',
  ),
);

/**
 * Tried, watched or not. Device files are not watched, since everything opens them all the time, the enforcer included;
 * only root may write beside them.
 */
const TRIED: ReadonlySet<string> = new Set([...LOCAL_TYPES, 'devtmpfs']);

/** More than this are not tried, so that a device with thousands of mounts is verified in time. */
const MOST_PLACES = 24;

export interface Coverage {
  /** File systems that a program can be written to and run from, one mount of each. */
  readonly covered: readonly Mount[];
  readonly uncovered: readonly Mount[];
}

/** @param watched types that the enforcer watches */
export function coverageOf(mounts: readonly Mount[], watched: ReadonlySet<string>): Coverage {
  const devices = Map.groupBy(mounts, ({ device }) => device);
  const usable = [...devices.values()].flatMap((same): Mount[] => {
    if (!same.some(({ writable }) => writable)) return [];
    const [one] = same
      .filter(({ executable }) => executable)
      .sort((a, b) => Number(b.writable) - Number(a.writable));
    return one === undefined || WITHOUT_PROGRAMS.has(one.type) ? [] : [one];
  });
  return {
    covered: usable.filter(({ type }) => watched.has(type)),
    uncovered: usable.filter(({ type }) => !watched.has(type)),
  };
}

/** The name of the case that tries a program on a file system. */
export const placeName = ({ point, type }: Mount): string => `untrusted program on ${point} (${type})`;

/** Where a program can be tried without asking a server or another program that may never answer. */
export async function placesOf({ covered, uncovered }: Coverage): Promise<CanaryPlace[]> {
  const local = [...covered, ...uncovered.filter(({ type }) => TRIED.has(type))];
  const places: CanaryPlace[] = [];
  for (const mount of local) {
    if (places.length === MOST_PLACES) break;
    if (mount.writable && (await isRoots(mount.point)))
      places.push({ name: placeName(mount), directory: mount.point });
  }
  return places;
}

/** A directory in which nobody but root can remove or replace what root made. */
async function isRoots(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isDirectory() || found.uid !== 0) return false;
  return (found.mode & 0o022) === 0 || (found.mode & 0o1000) !== 0;
}
