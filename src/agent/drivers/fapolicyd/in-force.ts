import { createHash } from 'node:crypto';
import type { Context } from './context.ts';
import { filesIn, readIfThere } from './files.ts';
import type { SwitchRecord } from './record.ts';

/** SHA-256 by path of those files that are there. */
export async function digestsOf(paths: readonly string[]): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const path of paths) {
    const content = await readIfThere(path);
    if (content !== null) digests[path] = createHash('sha256').update(content).digest('hex');
  }
  return digests;
}

/** Files that are not as the restriction left them, a phrase each; a file of rules that was added counts too. */
export async function changedFiles({ paths }: Context, record: SwitchRecord): Promise<string[]> {
  const rules = ((await filesIn(paths.rules)) ?? []).filter((path) => path.endsWith('.rules'));
  const known = Object.keys(record.files);
  const present = await digestsOf([...new Set([...known, ...rules])]);
  return [...new Set([...known, ...Object.keys(present)])].sort().flatMap((path) => {
    if (present[path] === undefined) return `${path} is missing`;
    if (record.files[path] === undefined) return `${path} was added`;
    return present[path] === record.files[path] ? [] : `${path} was changed`;
  });
}
