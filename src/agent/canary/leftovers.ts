import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readMounts } from '../mounts.ts';
import { CANARY_PROGRAMS } from './programs.ts';
import { start } from './start.ts';

/**
 * Removes what a run that was killed left in a directory, its mounts too. Only what root made is touched: where others
 * may write, something with our name may be theirs, and removing it would follow where they lead.
 */
export async function removeLeftovers(parent: string, prefix: string): Promise<void> {
  const names = (await readdir(parent)).filter((name) => name.startsWith(prefix));
  for (const path of names.map((name) => join(parent, name))) {
    if ((await lstat(path).catch(() => null))?.uid !== 0) continue;
    for (const { point } of await readMounts())
      if (point.startsWith(`${path}/`))
        await start({ path: CANARY_PROGRAMS.umount, args: ['--lazy', point], user: 0 });
    await rm(path, { recursive: true, force: true });
  }
}
