import type { WireMachineSummary } from '../../../src/contract/console.ts';
import { orderOfWireTime } from '../../../src/contract/time.ts';
import { isNotDone } from '../control/words.ts';
import { codeExecution, failureOf } from './flags.ts';

export const SORTS = ['name', 'state', 'lastSeen', 'platform', 'group', 'address'] as const;
export type SortName = (typeof SORTS)[number];

/** What needs a look comes first. */
const URGENCY = { drifted: 0, unproven: 1, changing: 2, notDone: 2, proven: 3, unmanaged: 5 } as const;

/** Text by which rows are put in order: letter case does not count, and `ws-2` comes before `ws-10`. */
export const orderOfText = (text: string | null): string =>
  text === null || text === ''
    ? '\uffff'
    : text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(12, '0'));

const KEYS: Readonly<Record<SortName, (row: WireMachineSummary) => string>> = {
  name: (row) => orderOfText(row.computerDnsName),
  state: (row) => {
    const control = codeExecution(row);
    const need = control === null ? 'unmanaged' : isNotDone(control) ? 'notDone' : control.assurance;
    const released = control?.mode === 'unrestricted' && control.assurance === 'proven';
    const urgency = released ? 4 : URGENCY[need];
    return `${row.activeAction === null ? 1 : 0}${failureOf(row) === null ? urgency : Math.min(urgency, 2)}`;
  },
  lastSeen: (row) => orderOfWireTime(row.lastSeen),
  platform: (row) => orderOfText(`${row.osPlatform} ${row.version ?? row.osVersion ?? ''}`),
  group: (row) => orderOfText(row.rbacGroupName),
  address: (row) => orderOfText(row.lastIpAddress),
};

/** Kept by row, since ten thousand rows are compared a hundred thousand times. */
const kept = Object.fromEntries(
  SORTS.map((name) => [name, new WeakMap<WireMachineSummary, string>()]),
) as Record<SortName, WeakMap<WireMachineSummary, string>>;

/** What orders a row by the column. */
export function sortKey(row: WireMachineSummary, name: SortName): string {
  let key = kept[name].get(row);
  if (key === undefined) {
    key = KEYS[name](row);
    kept[name].set(row, key);
  }
  return key;
}

/** Negative, 0 or positive. Rows that are equal by the column are in order of their names, then of their ids. */
export function compareRows(one: WireMachineSummary, other: WireMachineSummary, name: SortName): number {
  return (
    compareText(sortKey(one, name), sortKey(other, name)) ||
    compareText(sortKey(one, 'name'), sortKey(other, 'name')) ||
    compareText(one.id, other.id)
  );
}

const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
