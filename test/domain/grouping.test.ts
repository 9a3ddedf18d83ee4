import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { GroupRule, MachineGroup } from '../../src/domain/access-records.ts';
import { groupOf } from '../../src/domain/grouping.ts';
import { makeGroup } from '../kit/store.ts';

const group = (id: number, rank: number, rules: readonly GroupRule[]): MachineGroup => ({
  ...makeGroup({ rank, rules }),
  id,
});
const rule = (
  property: GroupRule['property'],
  operator: GroupRule['operator'],
  ...values: string[]
): GroupRule => ({
  property,
  operator,
  values,
});
const machine = {
  computerDnsName: 'ws-001.lab.cordon.test',
  tags: ['East', 'finance'],
  osPlatform: 'Windows11',
};

const MATCHING: readonly GroupRule[] = [
  rule('name', 'equals', 'WS-001.lab.cordon.test'),
  rule('name', 'startsWith', 'ws-'),
  rule('name', 'endsWith', '.TEST'),
  rule('name', 'contains', 'lab'),
  rule('domain', 'equals', 'lab.cordon.test'),
  rule('domain', 'endsWith', 'cordon.test'),
  rule('tag', 'equals', 'east'),
  rule('tag', 'startsWith', 'fin'),
  rule('osPlatform', 'equals', 'windows11'),
  rule('osPlatform', 'startsWith', 'Linux', 'Windows'),
];
const OTHER: readonly GroupRule[] = [
  rule('name', 'equals', 'ws-001'),
  rule('name', 'startsWith', 'srv'),
  rule('domain', 'startsWith', 'ws-001'),
  rule('tag', 'equals', 'eas'),
  rule('osPlatform', 'equals', 'Windows'),
];

test('each operator on each property, in any letter case', () => {
  for (const matching of MATCHING)
    assert.equal(groupOf(machine, [group(7, 1, [matching])]), 7, JSON.stringify(matching));
  for (const other of OTHER) assert.equal(groupOf(machine, [group(7, 1, [other])]), 0, JSON.stringify(other));
});

test('values are alternatives, rules must all match, and a group without rules matches nothing', () => {
  const both = [rule('name', 'startsWith', 'srv-', 'ws-'), rule('tag', 'equals', 'east')];
  assert.equal(groupOf(machine, [group(1, 1, both)]), 1);
  assert.equal(groupOf(machine, [group(1, 1, [...both, rule('tag', 'equals', 'west')])]), 0);
  assert.equal(groupOf(machine, [group(1, 1, [])]), 0);
  assert.equal(groupOf({ ...machine, tags: [] }, [group(1, 1, [rule('tag', 'contains', '')])]), 0);
  assert.equal(
    groupOf({ ...machine, computerDnsName: 'bare' }, [group(1, 1, [rule('domain', 'equals', 'bare')])]),
    0,
  );
});

test('the matching group of the highest rank wins, 1 before 2, whatever the order of the list', () => {
  const matching = MATCHING[0]!;
  fc.assert(
    fc.property(
      fc.uniqueArray(
        fc.record({
          id: fc.integer({ min: 1, max: 50 }),
          rank: fc.integer({ min: 1, max: 5 }),
          matches: fc.boolean(),
        }),
        {
          selector: ({ id }) => id,
          maxLength: 8,
        },
      ),
      (rows) => {
        const groups = rows.map(({ id, rank, matches }) => group(id, rank, [matches ? matching : OTHER[0]!]));
        const best = rows
          .filter(({ matches }) => matches)
          .reduce<{ id: number; rank: number } | null>(
            (found, row) =>
              found === null || row.rank < found.rank || (row.rank === found.rank && row.id < found.id)
                ? row
                : found,
            null,
          );
        assert.equal(groupOf(machine, groups), best?.id ?? 0);
        assert.equal(groupOf(machine, groups.toReversed()), best?.id ?? 0);
      },
    ),
  );
});
