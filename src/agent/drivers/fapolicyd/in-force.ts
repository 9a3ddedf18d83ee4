import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { isSame, type ProcessIdentity } from '../../daemon-process.ts';
import type { Context } from './context.ts';
import { filesIn, readIfThere } from './files.ts';
import { presentBoot, type SwitchRecord } from './record.ts';

/** Digests by path with what told that the file was not changed since; the change time cannot be set by a program. */
export type KnownDigests = Map<string, readonly [stamp: string, digest: string]>;

/**
 * SHA-256 by path of those files that are there. One that shows no sign of a change since it was read is not read again:
 * an idle device looks every few seconds, and its list of trusted files is long.
 */
export async function digestsOf(
  paths: readonly string[],
  known: KnownDigests = new Map(),
): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const path of paths) {
    const found = await stat(path, { bigint: true }).catch(() => null);
    const stamp =
      found === null ? '' : [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');
    const [before, digest] = known.get(path) ?? [];
    if (found !== null && stamp === before && digest !== undefined) {
      digests[path] = digest;
      continue;
    }
    const content = await readIfThere(path);
    if (content === null) continue;
    digests[path] = createHash('sha256').update(content).digest('hex');
    known.set(path, [stamp, digests[path]]);
  }
  return digests;
}

/** Files that are not as the restriction left them, a phrase each; a file of rules that was added counts too. */
export async function changedFiles({ paths, memory }: Context, record: SwitchRecord): Promise<string[]> {
  const rules = ((await filesIn(paths.rules)) ?? []).filter((path) => path.endsWith('.rules'));
  const known = Object.keys(record.files);
  const present = await digestsOf([...new Set([...known, ...rules])], memory.digests);
  return [...new Set([...known, ...Object.keys(present)])].sort().flatMap((path) => {
    if (present[path] === undefined) return `${path} is missing`;
    if (record.files[path] === undefined) return `${path} was added`;
    return present[path] === record.files[path] ? [] : `${path} was changed`;
  });
}

/**
 * Whether a running enforcer has the files of the record: the one that it names; where the disk took no record any more,
 * one that this very process has started since; and after a restart of the device the one that the boot started.
 */
export async function isOurs(
  { memory }: Context,
  record: SwitchRecord,
  running: ProcessIdentity | null,
): Promise<boolean> {
  if (running === null) return false;
  if (isSame(running, record.enforcer) || isSame(running, memory.revived)) return true;
  return record.boot !== (await presentBoot());
}
