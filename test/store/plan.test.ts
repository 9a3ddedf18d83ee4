import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { MACHINE } from '../../src/contract/machine.ts';
import { MACHINE_ACTION } from '../../src/contract/machine-action.ts';
import { type EntityType, type Property, propertyNamed } from '../../src/contract/property.ts';
import type { CompareOperator, Filter, Literal, Query } from '../../src/domain/query.ts';
import { actionCollection, type Collection, machineCollection } from '../../src/store/collections.ts';
import { planList } from '../../src/store/list-plan.ts';
import { migrate } from '../../src/store/migrate.ts';
import { ALIVE, numbered, SQLITE } from '../../src/store/sqlite/dialect.ts';
import { migrationTarget } from '../../src/store/sqlite/migrate.ts';
import { ACTIONS, failuresOfMachines } from '../../src/store/statements/actions.ts';
import { CONTROLS, controlsOfMachines } from '../../src/store/statements/controls.ts';
import { DEVICES } from '../../src/store/statements/devices.ts';
import { KEYS } from '../../src/store/statements/keys.ts';
import { MACHINES, machineReads } from '../../src/store/statements/machines.ts';
import { DELIVERIES } from '../../src/store/statements/webhooks.ts';
import { at, makeQuery, TENANT } from '../kit/store.ts';

const database = new DatabaseSync(':memory:');
await migrate(migrationTarget(database));
database.function(ALIVE, () => 1);

/** The steps of SQLite's plan for a statement. */
function stepsOf(text: string): string[] {
  const sql = numbered(text);
  const count = Math.max(0, ...Array.from(sql.matchAll(/\?(\d+)/g), ([, number]) => Number(number)));
  const rows = database
    .prepare(`explain query plan ${sql}`)
    .all(...Array.from({ length: count }, () => null));
  return rows.map((row) => String(row.detail));
}

const machines = machineCollection(SQLITE);
const planned = (collection: Collection, query: Partial<Query>, visible: number[] | null = null) => {
  const scope = { tenantId: TENANT, query: makeQuery(query), visible, machineId: null };
  const { page, bounded, candidates } = planList(SQLITE, collection, scope);
  return { bounded, counted: candidates !== null, steps: stepsOf(page.statement.text) };
};

const compare = (entity: EntityType, name: string, operator: CompareOperator, value: Literal): Filter => ({
  kind: 'compare',
  operator,
  property: propertyNamed(entity, name) as Property,
  value,
});
const eq = (name: string, value: Literal): Filter => compare(MACHINE_ACTION, name, 'eq', value);
const and = (...terms: Filter[]): Filter => ({ kind: 'and', terms });
const since = compare(MACHINE_ACTION, 'creationDateTimeUtc', 'ge', at(0));

/** The two indexes that hold a machine's actions: those that have ended, and active ones of no control. */
const OF_MACHINE = 'machine_action_(machine|uncontrolled)';

/** How a machine's controls lead to the actions that are active. */
const BY_CONTROL = 'SEARCH c USING INDEX sqlite_autoindex_machine_control_1 (tenant_id=? AND machine_id=?)';

const FILTERS: [string, Filter | null, string][] = [
  ['none', null, 'machine_action_created'],
  ['creationDateTimeUtc', since, 'machine_action_created'],
  ['machineId', eq('machineId', 'm'), OF_MACHINE],
  ['machineId and status', and(eq('machineId', 'm'), eq('status', 'Failed')), OF_MACHINE],
  ['machineId and type', and(eq('type', 'Isolate'), eq('machineId', 'm')), OF_MACHINE],
  ['requestor', eq('requestor', 'a'), 'machine_action_requestor'],
  ['requestor and type', and(eq('requestor', 'a'), eq('type', 'Isolate')), 'machine_action_requestor'],
  ['type', eq('type', 'RestrictCodeExecution'), 'machine_action_status'],
  ['status', eq('status', 'Failed'), 'machine_action_status'],
  ['status and creation', and(eq('status', 'Pending'), since), 'machine_action_status'],
  ['status and type', and(eq('status', 'Pending'), eq('type', 'Isolate')), 'machine_action_status'],
  ['id', eq('id', 'x'), 'sqlite_autoindex_machine_action_1'],
];

for (const [name, filter, index] of FILTERS) {
  test(`a list of actions filtered by ${name} reads only what it shows, from ${index}`, () => {
    for (const [after, skip] of [
      [null, 0],
      [null, 1000],
      [[at(5), 'x'], 0],
    ] as const) {
      const { bounded, steps } = planned(actionCollection, { filter, skip, after });
      assert.equal(bounded, true);
      const all = steps.join('\n');
      // The rows of a merged or skipped list are fetched by their keys afterwards.
      const fetch = 'SEARCH a USING INDEX sqlite_autoindex_machine_action_1 (tenant_id=? AND id=?)';
      const reads = steps.filter((step) => /^(SCAN|SEARCH) a\b/.test(step));
      assert.ok(reads.length > 0, all);
      for (const read of reads) {
        if (read !== fetch)
          assert.match(read, new RegExp(`^SEARCH a USING (COVERING )?INDEX ${index} `), all);
      }
      assert.ok(
        reads.some((read) => new RegExp(index).test(read)),
        all,
      );
      // A few rows of one instant are ordered by id; a whole result never is, unless it is small.
      const few = name === 'id' || name.startsWith('machineId');
      if (reads.length === 1 && !few) assert.doesNotMatch(all, /TEMP B-TREE FOR ORDER BY/);
    }
  });
}

test('what no index bounds is planned to run where nobody waits for it', () => {
  const odd: Partial<Query>[] = [
    {
      filter: {
        kind: 'match',
        function: 'contains',
        property: propertyNamed(MACHINE_ACTION, 'requestorComment') as Property,
        value: 'x',
      },
    },
    { filter: compare(MACHINE_ACTION, 'status', 'ne', 'Succeeded') },
    { filter: and(eq('status', 'Failed'), eq('requestor', 'a')) },
    { orderBy: [{ property: propertyNamed(MACHINE_ACTION, 'status') as Property, descending: false }] },
    { skip: 5000 },
    { top: 10_000 },
  ];
  for (const query of odd)
    assert.equal(planned(actionCollection, query).bounded, false, JSON.stringify(query));
  assert.equal(planned(actionCollection, {}, [1, 2]).bounded, false);
});

test('the newest actions of a machine are found without reading all of them, by their order in the index', () => {
  for (const query of [
    { filter: eq('machineId', 'm') },
    { filter: eq('machineId', 'm'), skip: 1000 },
    { filter: eq('machineId', 'm'), after: [at(5), 'x'] },
  ] satisfies Partial<Query>[]) {
    const { bounded, counted, steps } = planned(actionCollection, query);
    assert.deepEqual([bounded, counted], [true, false]);
    const reads = steps.filter((step) => new RegExp(`^SEARCH a USING .*INDEX ${OF_MACHINE} `).test(step));
    // Those that have ended, under their ids, and the few active ones; those of controls by their keys.
    assert.equal(reads.length, 2, steps.join('\n'));
    assert.ok(steps.includes(BY_CONTROL), steps.join('\n'));
    assert.match(
      reads[0] as string,
      /COVERING INDEX machine_action_machine \(tenant_id=\? AND machine_id=\?( AND id<\?)?\)$/,
    );
    assert.match(reads[1] as string, /INDEX machine_action_uncontrolled \(tenant_id=\? AND machine_id=\?\)$/);
    // The first is read in the index's order, so that nothing is sorted before it is cut.
    const sorted = steps.indexOf(reads[1] as string);
    assert.doesNotMatch(steps.slice(0, sorted).join('\n').split('SCAN arm0')[0] as string, /TEMP B-TREE/);
  }
});

test('whether a machine has few actions is looked at before what its index does not order is read', () => {
  const orderBy = [{ property: propertyNamed(MACHINE_ACTION, 'status') as Property, descending: false }];
  for (const query of [
    { filter: and(eq('machineId', 'm'), eq('status', 'Failed')) },
    { filter: and(eq('machineId', 'm'), since) },
    { filter: eq('machineId', 'm'), orderBy },
    { filter: eq('machineId', 'm'), top: 10_000 },
  ]) {
    const { bounded, counted } = planned(actionCollection, query);
    assert.deepEqual([bounded, counted], [true, true]);
    const scope = { tenantId: TENANT, query: makeQuery(query), visible: null, machineId: null };
    const { candidates } = planList(SQLITE, actionCollection, scope);
    const looks = stepsOf(candidates?.statement.text ?? '').join('\n');
    assert.match(looks, /COVERING INDEX machine_action_machine/);
    assert.match(looks, /INDEX machine_action_uncontrolled/);
    assert.doesNotMatch(looks, new RegExp(`INDEX (?!${OF_MACHINE})machine_action`));
    const many = planList(SQLITE, actionCollection, scope, false);
    assert.deepEqual([many.bounded, many.candidates], [false, null]);
    // Elsewhere it is read with an eye on the clock, and through the machine's index still.
    assert.match(many.page.statement.text, new RegExp(ALIVE));
    assert.match(stepsOf(many.page.statement.text).join('\n'), /INDEX machine_action_machine/);
  }
});

test('counts, and lists of more machines than are read one by one, stay with the indexes of machines', () => {
  const property = propertyNamed(MACHINE_ACTION, 'machineId') as Property;
  const values = Array.from({ length: 40 }, (_, number) => `m${number}`);
  const crowd: Filter = { kind: 'in', property, values };
  for (const filter of [eq('machineId', 'm'), crowd]) {
    const query = makeQuery({ filter, count: true });
    const scope = { tenantId: TENANT, query, visible: null, machineId: null };
    const { page, count } = planList(SQLITE, actionCollection, scope);
    for (const { statement } of [page, count as NonNullable<typeof count>]) {
      const steps = stepsOf(statement.text);
      const reads = steps.filter((step) => /^(SCAN|SEARCH) a\b/.test(step) && !step.includes('autoindex'));
      assert.equal(reads.length, 2, steps.join('\n'));
      for (const read of reads) assert.match(read, new RegExp(`INDEX ${OF_MACHINE} `), steps.join('\n'));
    }
  }
});

test('machines are read by their key, name, directory id or group', () => {
  const wants: [Filter | null, RegExp][] = [
    [null, /^SEARCH m USING INDEX sqlite_autoindex_machine_1 /],
    [compare(MACHINE, 'id', 'eq', 'x'), /^SEARCH m USING INDEX sqlite_autoindex_machine_1 /],
    [compare(MACHINE, 'computerDnsName', 'eq', 'x'), /^SEARCH m USING INDEX machine_dns /],
    [compare(MACHINE, 'aadDeviceId', 'eq', 'x'), /^SEARCH m USING INDEX machine_aad /],
    [compare(MACHINE, 'rbacGroupId', 'eq', 3), /^SEARCH m USING INDEX machine_group_id /],
  ];
  for (const [filter, pattern] of wants) {
    const { bounded, steps } = planned(machines, { filter });
    assert.equal(bounded, true);
    assert.match(steps[0] as string, pattern);
  }
  assert.equal(
    planned(machines, { filter: compare(MACHINE, 'healthStatus', 'ne', 'Active') }).bounded,
    false,
  );
});

test('look-ups that run often never scan a table', () => {
  const reads = machineReads(SQLITE);
  const statements = [
    ...Object.values(ACTIONS),
    reads.byId,
    reads.byName,
    reads.byDirectoryId,
    reads.byFingerprint,
    reads.byAddress,
    reads.byTag,
    reads.byTagPrefix,
    MACHINES.markInactive,
    MACHINES.touch,
    DEVICES.byMachine,
    DEVICES.pinServerKey,
    DEVICES.machinesByServerKey,
    KEYS.retireUnpinned,
  ];
  for (const { name, text } of statements) {
    for (const step of stepsOf(text))
      assert.doesNotMatch(step, /^SCAN (?!LIST SUBQUERY|\d)/, `${name}: ${step}`);
  }
});

test('whether a control is active is read from the action that it follows, for one machine and for many', () => {
  for (const { text } of [
    CONTROLS.ofMachine,
    controlsOfMachines(3, 'with'),
    controlsOfMachines(3, 'without'),
  ]) {
    const steps = stepsOf(text);
    assert.ok(
      steps.some((step) =>
        /search a using index sqlite_autoindex_machine_action_1 \(tenant_id=\? AND id=\?\)/i.test(step),
      ),
      steps.join('\n'),
    );
    assert.ok(!steps.some((step) => /^scan/i.test(step)), steps.join('\n'));
  }
});

test('the newest ended action of a machine and its status are read from the index alone', () => {
  const steps = stepsOf(failuresOfMachines(3).text);
  const newest = steps.filter((step) =>
    step.includes('COVERING INDEX machine_action_machine (tenant_id=? AND machine_id=?)'),
  );
  assert.equal(newest.length, 2, steps.join('\n'));
  assert.ok(!steps.some((step) => /^scan|b-tree/i.test(step)), steps.join('\n'));
});

test('deliveries are found in the order in which they are due, and written by their keys', () => {
  for (const { name, text } of [DELIVERIES.claim, DELIVERIES.park]) {
    const [written, ...found] = stepsOf(text);
    assert.match(
      written ?? '',
      /^SEARCH webhook_delivery USING INDEX sqlite_autoindex_webhook_delivery_1 \(tenant_id=\? AND action_id=\? AND webhook_id=\? AND revision=\?\)$/,
      `${name}`,
    );
    const due = found.filter((step) =>
      step.includes('webhook_delivery_due (tenant_id=? AND webhook_id=? AND due_at<?)'),
    );
    assert.equal(due.length, 1, found.join('\n'));
    assert.deepEqual(
      found.filter((step) => /TEMP B-TREE|^SCAN (?!d$)/.test(step)),
      [],
    );
  }
});
