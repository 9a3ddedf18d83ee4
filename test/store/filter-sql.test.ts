import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { MACHINE } from '../../src/contract/machine.ts';
import { type Property, propertyNamed } from '../../src/contract/property.ts';
import type { CompareOperator, Filter, Literal, MatchFunction, TagFilter } from '../../src/domain/query.ts';
import { machineCollection } from '../../src/store/collections.ts';
import { planList } from '../../src/store/list-plan.ts';
import { prefixEnd } from '../../src/store/prefix.ts';
import { SQLITE } from '../../src/store/sqlite/dialect.ts';
import { openMemoryStore } from '../../src/store/sqlite/index.ts';
import { at, enrolMachines, makeMachine, makeQuery, OTHER_TENANT, TENANT } from '../kit/store.ts';
import { type Entity, judge } from './filter-oracle.ts';

const named = (name: string): Property => propertyNamed(MACHINE, name) as Property;

/** Texts that meet each other, and what other engines and habits take for special. */
const TEXTS = [
  '',
  'a',
  'ab',
  'aB',
  'b',
  'abc',
  '%',
  '_',
  'a%',
  "o'x",
  '\\',
  '?1',
  '$1',
  'ä',
  'é',
  '\ud7ff',
  '\ue000',
  '\uffff',
  '😀',
  '\u{10ffff}',
  'a\u{10ffff}',
];
const texts = fc.constantFrom(...TEXTS);
const numbers = fc.constantFrom(-1, 0, 1, 2, 16299);
const times = fc.constantFrom(at(0), at(1), at(1.5), at(2));
const operators = fc.constantFrom<CompareOperator>('eq', 'ne', 'gt', 'ge', 'lt', 'le');
const functions = fc.constantFrom<MatchFunction>('startswith', 'endswith', 'contains');

/** Properties by the values they are compared with; the first three can be null. */
const KINDS = [
  { names: ['osVersion', 'agentVersion'], values: texts, nullable: true, text: true },
  { names: ['osBuild'], values: numbers, nullable: true, text: false },
  { names: ['osPlatform', 'osProcessor'], values: texts, nullable: false, text: true },
  { names: ['lastSeen'], values: times, nullable: false, text: false },
  { names: ['isAadJoined', 'isPotentialDuplication'], values: fc.boolean(), nullable: false, text: false },
] as const;

const leaf: fc.Arbitrary<Filter> = fc.oneof(
  ...KINDS.flatMap(({ names, values, text }) => {
    const property = fc.constantFrom(...names.map((name) => named(name)));
    const literal: fc.Arbitrary<Literal> = fc.oneof(
      { weight: 5, arbitrary: values as fc.Arbitrary<Literal> },
      fc.constant(null),
    );
    const leaves: fc.Arbitrary<Filter>[] = [
      fc.record({ kind: fc.constant('compare' as const), operator: operators, property, value: literal }),
      fc.record({ kind: fc.constant('in' as const), property, values: fc.array(literal, { maxLength: 3 }) }),
    ];
    if (text)
      leaves.push(
        fc.record({ kind: fc.constant('match' as const), function: functions, property, value: texts }),
      );
    return leaves;
  }),
  fc.record({ kind: fc.constant('constant' as const), value: fc.boolean() }),
);

const { tagFilter } = fc.letrec<{ tagFilter: TagFilter }>((tie) => ({
  tagFilter: fc.oneof(
    { maxDepth: 2 },
    fc.record({ kind: fc.constant('compare' as const), operator: operators, value: texts }),
    fc.record({ kind: fc.constant('in' as const), values: fc.array(texts, { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('match' as const), function: functions, value: texts }),
    fc.record({ kind: fc.constant('not' as const), term: tie('tagFilter') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      terms: fc.array(tie('tagFilter'), { maxLength: 3 }),
    }),
  ) as fc.Arbitrary<TagFilter>,
}));

const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.record({
      kind: fc.constant('any' as const),
      property: fc.constant(named('machineTags')),
      filter: fc.option(tagFilter),
    }),
    fc.record({ kind: fc.constant('not' as const), term: tie('filter') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      terms: fc.array(tie('filter'), { maxLength: 4 }),
    }),
  ) as fc.Arbitrary<Filter>,
}));

/** Deterministic, but with every value beside every other somewhere. */
const entities: Entity[] = Array.from({ length: 120 }, (_, number) => {
  const pick = <T>(list: readonly T[], step: number): T =>
    list[(number * step + (number >> 3)) % list.length] as T;
  return {
    values: {
      osVersion: pick([null, ...TEXTS], 1),
      agentVersion: pick([...TEXTS, null], 5),
      osBuild: pick([null, -1, 0, 1, 2, 16299], 1),
      osPlatform: pick(TEXTS, 7),
      osProcessor: pick(TEXTS, 3),
      lastSeen: pick([at(0), at(1), at(1.5), at(2)], 1),
      isAadJoined: pick([true, false], 1),
      isPotentialDuplication: pick([true, false, false], 1),
    },
    tags: TEXTS.filter((_text, index) => (number * 7 + index * 5) % 11 === 0),
  };
});

test('a filter as SQL lets pass what the filter says, for every filter', async () => {
  await using store = await openMemoryStore();
  const machines = entities.map(({ values, tags }, number) => makeMachine(number, { ...values, tags }));
  await enrolMachines(store, [...machines, makeMachine(500, { tenantId: OTHER_TENANT })]);
  const property = fc.asyncProperty(filter, async (condition) => {
    const page = await store.machines(TENANT, makeQuery({ filter: condition, count: true, top: 1000 }), null);
    const expected = machines.filter((_, index) => judge(condition, entities[index] as Entity) === true);
    assert.deepEqual(
      page.rows.map(({ id }) => id),
      expected.map(({ id }) => id),
    );
    assert.equal(page.count, expected.length);
  });
  await fc.assert(property, { numRuns: 1500 });
});

test('a page after a row shows what a whole list shows after it, for every order', async () => {
  await using store = await openMemoryStore();
  await enrolMachines(
    store,
    entities.map(({ values, tags }, number) => makeMachine(number, { ...values, tags })),
  );
  const names = KINDS.flatMap((kind) => kind.names.map((name) => named(name)));
  const orders = fc.uniqueArray(
    fc.record({ property: fc.constantFrom(...names), descending: fc.boolean() }),
    {
      maxLength: 3,
      selector: (term) => term.property.name,
    },
  );
  const property = fc.asyncProperty(orders, fc.integer({ min: 1, max: 119 }), async (orderBy, top) => {
    const query = makeQuery({ orderBy, topGiven: false, top });
    const whole = await store.machines(TENANT, { ...query, top: 500 }, null);
    const first = await store.machines(TENANT, query, null);
    const rest = await store.machines(TENANT, { ...query, top: 500, after: first.next }, null);
    assert.deepEqual(
      [...first.rows, ...rest.rows].map(({ id }) => id),
      whole.rows.map(({ id }) => id),
    );
    assert.equal(rest.next, null);
  });
  await fc.assert(property, { numRuns: 200 });
});

test('the end of a prefix is behind every text that begins with it and before every other that is behind', () => {
  const any = fc.string({ unit: 'binary', minLength: 1, maxLength: 4 });
  const less = (a: string, b: string): boolean => Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
  fc.assert(
    fc.property(any, any, (prefix, text) => {
      const end = prefixEnd(prefix);
      const inside = !less(text, prefix) && (end === null || less(text, end));
      assert.equal(inside, text.startsWith(prefix));
      assert.ok(end === null || less(prefix + text, end));
    }),
    { numRuns: 2000 },
  );
  assert.equal(prefixEnd('\u{10ffff}'), null);
});

test('a filter of five thousand terms is taken; one too deep or with too many values is refused as a query', async () => {
  await using store = await openMemoryStore();
  await enrolMachines(store, [makeMachine(1)]);
  const term = (value: string): Filter => ({
    kind: 'compare',
    operator: 'eq',
    property: named('osPlatform'),
    value,
  });
  const wide: Filter = { kind: 'or', terms: Array.from({ length: 5000 }, (_, number) => term(`p${number}`)) };
  assert.deepEqual((await store.machines(TENANT, makeQuery({ filter: wide }), null)).rows, []);
  let deep: Filter = term('Linux');
  for (let level = 0; level < 5000; level += 1) deep = { kind: 'not', term: deep };
  const many: Filter = {
    kind: 'in',
    property: named('osPlatform'),
    values: Array.from({ length: 40_000 }, String),
  };
  for (const refused of [deep, many]) {
    await assert.rejects(
      async () => store.machines(TENANT, makeQuery({ filter: refused }), null),
      (error: { code?: string }) => error.code === 'ODataError',
    );
  }
});

test('nothing of the text of a filter stands in the SQL', () => {
  const hostile = "x' or 1=1; drop table machine; --";
  const property = named('computerDnsName');
  for (const filter of [
    { kind: 'compare', operator: 'eq', property, value: hostile },
    { kind: 'match', function: 'contains', property, value: hostile },
    { kind: 'any', property: named('machineTags'), filter: { kind: 'in', values: [hostile] } },
  ] as Filter[]) {
    const scope = {
      tenantId: hostile,
      query: makeQuery({ filter, count: true }),
      visible: [1],
      machineId: null,
    };
    const { page, count } = planList(SQLITE, machineCollection(SQLITE), scope);
    for (const bound of [page, count]) {
      assert.ok(bound);
      assert.doesNotMatch(bound.statement.text, /drop/);
      assert.ok(bound.params.includes(hostile));
    }
  }
});
