import type { WireMachineSummary } from '../../../src/contract/console.ts';
import { FLAGS, type Flag, hasFlag } from './flags.ts';
import type { MachinesView } from './view.ts';

/** What the view leaves, and how many would be left with each flag more. */
export interface Filtered {
  readonly rows: readonly WireMachineSummary[];
  readonly counts: Readonly<Record<Flag, number>>;
}

/** Rows that the view shows, in the order in which they came. */
export function filterMachines(rows: readonly WireMachineSummary[], view: MachinesView): Filtered {
  const words = view.search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const counts = Object.fromEntries(FLAGS.map((flag) => [flag, 0])) as Record<Flag, number>;
  const left: WireMachineSummary[] = [];
  for (const row of rows) {
    if (!fits(row, view, words)) continue;
    const missing = view.flags.filter((flag) => !hasFlag(row, flag));
    if (missing.length === 0) left.push(row);
    for (const flag of FLAGS) {
      if (missing.every((name) => name === flag) && hasFlag(row, flag)) counts[flag] += 1;
    }
  }
  return { rows: left, counts };
}

function fits(row: WireMachineSummary, view: MachinesView, words: readonly string[]): boolean {
  return (
    (view.group === '' || (row.rbacGroupName ?? '') === view.group) &&
    (view.platform === '' || row.osPlatform === view.platform) &&
    (view.tag === '' || row.machineTags.includes(view.tag)) &&
    (words.length === 0 || words.every((word) => haystack(row).includes(word)))
  );
}

const haystacks = new WeakMap<WireMachineSummary, string>();

/** All that a search looks into, in lower case; kept by row. */
function haystack(row: WireMachineSummary): string {
  let text = haystacks.get(row);
  if (text === undefined) {
    text = [
      row.computerDnsName,
      row.lastIpAddress,
      row.osPlatform,
      row.rbacGroupName,
      row.id,
      ...row.machineTags,
    ]
      .join('\n')
      .toLowerCase();
    haystacks.set(row, text);
  }
  return text;
}

export interface Choices {
  readonly groups: readonly string[];
  readonly tags: readonly string[];
  readonly platforms: readonly string[];
}

/** What can be chosen of: every group, tag and platform that a row has. */
export function choicesOf(rows: readonly WireMachineSummary[]): Choices {
  const groups = new Set<string>();
  const tags = new Set<string>();
  const platforms = new Set<string>();
  for (const row of rows) {
    if (row.rbacGroupName !== null) groups.add(row.rbacGroupName);
    platforms.add(row.osPlatform);
    for (const tag of row.machineTags) tags.add(tag);
  }
  return { groups: [...groups].sort(), tags: [...tags].sort(), platforms: [...platforms].sort() };
}
