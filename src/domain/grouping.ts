import type { GroupRule, MachineGroup } from './access-records.ts';
import type { Machine } from './machine.ts';

/** What group rules look at. */
export type Grouped = Pick<Machine, 'computerDnsName' | 'tags' | 'osPlatform'>;

const VALUES: Readonly<Record<GroupRule['property'], (machine: Grouped) => readonly string[]>> = {
  name: (machine) => [machine.computerDnsName],
  domain: (machine) => [machine.computerDnsName.split('.').slice(1).join('.')],
  tag: (machine) => machine.tags,
  osPlatform: (machine) => [machine.osPlatform],
};

const OPERATORS: Readonly<Record<GroupRule['operator'], (actual: string, wanted: string) => boolean>> = {
  equals: (actual, wanted) => actual === wanted,
  startsWith: (actual, wanted) => actual.startsWith(wanted),
  endsWith: (actual, wanted) => actual.endsWith(wanted),
  contains: (actual, wanted) => actual.includes(wanted),
};

/** Values of one rule are alternatives, rules must all match; a group without rules matches nothing by itself. */
function matches(machine: Grouped, rules: readonly GroupRule[]): boolean {
  return (
    rules.length > 0 &&
    rules.every((rule) =>
      VALUES[rule.property](machine).some((actual) =>
        rule.values.some((wanted) => OPERATORS[rule.operator](actual.toLowerCase(), wanted.toLowerCase())),
      ),
    )
  );
}

/** The group of the highest rank (1 is highest) that matches, 0 when none does (reference, section 9). */
export function groupOf(machine: Grouped, groups: readonly MachineGroup[]): number {
  const ranked = groups.toSorted((one, other) => one.rank - other.rank || one.id - other.id);
  return ranked.find((group) => matches(machine, group.rules))?.id ?? 0;
}
