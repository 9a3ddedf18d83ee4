import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { MACHINE } from '../../../src/contract/machine.ts';
import { MACHINE_ACTION } from '../../../src/contract/machine-action.ts';
import type { EntityType, Property } from '../../../src/contract/property.ts';
import { instantFrom } from '../../../src/contract/time.ts';
import { CordonError } from '../../../src/domain/error.ts';
import { parseFilter } from '../../../src/domain/odata/filter.ts';
import { filterText } from '../../../src/domain/odata/filter-text.ts';
import { parseQuery } from '../../../src/domain/odata/query.ts';
import type { CompareOperator, Filter, Literal, TagFilter } from '../../../src/domain/query.ts';

const ENTITIES = [MACHINE, MACHINE_ACTION];
const EQUALITY: CompareOperator[] = ['eq', 'ne'];
const ORDERED: CompareOperator[] = [...EQUALITY, 'gt', 'ge', 'lt', 'le'];
const MATCHES = ['startswith', 'endswith', 'contains'] as const;

const text = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom("'", "''", 'and', ') or (', '%27', '+', '&'),
  )
  .filter((value) => !value.includes('\u0000'));

/** Values of a property as they stand in a checked filter. */
function values(property: Property): fc.Arbitrary<Exclude<Literal, null>> {
  switch (property.kind) {
    case 'enum':
      return fc.oneof(fc.constantFrom(...property.values!), fc.constantFrom('Canceled', "no'thing", ''));
    case 'guid':
      return fc.uuid();
    case 'time':
      return fc
        .tuple(
          fc.integer({ min: -62_000_000_000_000, max: 253_000_000_000_000 }),
          fc.integer({ min: 0, max: 9_999 }),
        )
        .map(([milliseconds, ticks]) => instantFrom(milliseconds, ticks));
    case 'integer':
      return fc.maxSafeInteger();
    case 'boolean':
      return fc.boolean();
    default:
      return ['id', 'machineId'].includes(property.name) ? text.map((value) => value.toLowerCase()) : text;
  }
}

const tagFilters: fc.Arbitrary<TagFilter> = fc.letrec<{ node: TagFilter }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.record({ kind: fc.constant('compare' as const), operator: fc.constantFrom(...ORDERED), value: text }),
    fc.record({ kind: fc.constant('in' as const), values: fc.array(text, { minLength: 1, maxLength: 3 }) }),
    fc.record({ kind: fc.constant('match' as const), function: fc.constantFrom(...MATCHES), value: text }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      terms: fc.array(tie('node'), { minLength: 2, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('not' as const), term: tie('node') }),
  ),
})).node;

/** Conditions on one property of the entity. */
function leaves(entity: EntityType): fc.Arbitrary<Filter> {
  return fc
    .constantFrom(...entity.properties.filter(({ filterable }) => filterable))
    .chain((property): fc.Arbitrary<Filter> => {
      if (property.kind === 'tags') {
        return fc.record({
          kind: fc.constant('any' as const),
          property: fc.constant(property),
          filter: fc.option(tagFilters, { nil: null }),
        });
      }
      const equality = property.kind === 'enum' || property.kind === 'boolean';
      const compare = fc.record({
        kind: fc.constant('compare' as const),
        operator: fc.constantFrom(...(equality ? EQUALITY : ORDERED)),
        property: fc.constant(property),
        value: values(property) as fc.Arbitrary<Literal>,
      });
      const isNull = fc
        .constantFrom(...EQUALITY)
        .map((operator): Filter => ({ kind: 'compare', operator, property, value: null }));
      const listed = fc
        .array(values(property), { minLength: 1, maxLength: 4 })
        .map((list): Filter => ({ kind: 'in', property, values: list }));
      const match = fc
        .tuple(fc.constantFrom(...MATCHES), values(property))
        .map(([name, value]): Filter => ({ kind: 'match', function: name, property, value: String(value) }));
      const matches = property.kind === 'string' || property.kind === 'enum';
      return fc.oneof(compare, isNull, listed, ...(matches ? [match] : []));
    });
}

const filtersOf = (entity: EntityType): fc.Arbitrary<Filter> =>
  fc.letrec<{ node: Filter }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      leaves(entity),
      fc.boolean().map((value): Filter => ({ kind: 'constant', value })),
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        terms: fc.array(tie('node'), { minLength: 2, maxLength: 4 }),
      }),
      fc.record({ kind: fc.constant('not' as const), term: tie('node') }),
    ),
  })).node;

const cases = fc
  .constantFrom(...ENTITIES)
  .chain((entity) => fc.tuple(fc.constant(entity), filtersOf(entity)));
const plain = (filter: Filter | null): unknown => JSON.parse(JSON.stringify(filter));

/** Words outside of quotes, where letter case says nothing. */
const caseless = (printed: string, change: (outside: string) => string): string =>
  printed
    .split(/('(?:[^']|'')*')/)
    .map((piece, index) => (index % 2 === 0 ? change(piece) : piece))
    .join('');

test('a printed filter reads back as the same tree', () => {
  fc.assert(
    fc.property(cases, ([entity, filter]) => {
      assert.deepEqual(plain(parseFilter(entity, filterText(filter))), plain(filter));
    }),
    { numRuns: 500 },
  );
});

test('it does so through the encoded query string too, with blanks as %20 and as +', () => {
  fc.assert(
    fc.property(cases, fc.boolean(), ([entity, filter], plus) => {
      const value = encodeURIComponent(filterText(filter));
      const raw = `%24filter=${plus ? value.replaceAll('%20', '+') : value}`;
      fc.pre(filterText(filter).length <= 16_384);
      assert.deepEqual(plain(parseQuery(entity, raw, { pageSize: 10 }).filter), plain(filter));
    }),
  );
});

test('letter case of operators, functions and properties says nothing', () => {
  fc.assert(
    fc.property(cases, ([entity, filter]) => {
      const printed = filterText(filter);
      for (const change of [(word: string) => word.toUpperCase(), (word: string) => word.toLowerCase()]) {
        assert.deepEqual(plain(parseFilter(entity, caseless(printed, change))), plain(filter));
      }
    }),
  );
});

/** Pieces of the grammar in any order, which come farther into the parser than plain noise. */
const pieces = fc
  .array(
    fc.constantFrom(
      ...[
        'status',
        'machineTags',
        'lastSeen',
        'isAadJoined',
        'id',
        'eq',
        'gt',
        'and',
        'or',
        'not',
        'in',
        '/',
        'any',
        ':',
      ],
      ...[
        '(',
        ')',
        '(',
        ')',
        ',',
        't',
        'contains',
        "'x'",
        "'",
        '5',
        '-',
        '2026-03-01',
        '2026-03-01T',
        'null',
        'true',
        '+',
        '%',
      ],
    ),
    { maxLength: 60 },
  )
  .chain((parts) => fc.constantFrom('', ' ').map((separator) => parts.join(separator)));

test('whatever is sent is read or refused with an ODataError, never anything else', () => {
  const noise = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ maxLength: 300 }),
    pieces,
  );
  const options = fc.constantFrom(
    '',
    '$filter=',
    '%24FILTER=',
    '$orderby=',
    '$select=',
    '$top=',
    '$skip=',
    '$count=',
    '$skiptoken=',
    '$format=',
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...ENTITIES),
      options,
      noise,
      fc.boolean(),
      (entity, option, value, encode) => {
        try {
          parseQuery(entity, `${option}${encode ? encodeURIComponent(value) : value}`, { pageSize: 10 });
        } catch (error) {
          assert.ok(error instanceof CordonError && error.code === 'ODataError', String(error));
        }
      },
    ),
    { numRuns: 3000 },
  );
});
