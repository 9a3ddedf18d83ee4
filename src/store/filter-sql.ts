/**
 * A checked `$filter` as an SQL condition with parameters; nothing of the caller's text enters the SQL.
 *
 * Nulls follow OData, not SQL: `eq null` and `ne null` test for null, `ne 'a'` is true of null, other comparisons of
 * null with a value are false, and so `not (p gt 1)` is true of null. `contains` and its sisters over null give null,
 * which neither they nor their negation let pass (OData 4.01, part 2, 5.1.1.1 and 5.1.1.4). Negations are pushed down to
 * the leaves, where each case has one plain condition.
 */
import type { Property } from '../contract/property.ts';
import { CordonError } from '../domain/error.ts';
import type { CompareOperator, Filter, Literal, MatchFunction, TagFilter } from '../domain/query.ts';
import type { Column } from './columns.ts';
import { prefixEnd } from './prefix.ts';
import type { Dialect, Value } from './sql.ts';

/** What the filter is compiled for. */
export interface FilterContext {
  readonly dialect: Dialect;
  /** Adds a parameter and returns its `$n`. */
  bind(value: Value): string;
  column(property: Property): Column;
  /** A condition on the rows of tags of the present entity; `tag` is the SQL of one tag inside. */
  anyTag(condition: string): string;
  readonly tag: string;
}

/** Nesting that the parsers of the engines bear with room to spare (SQLite: 1,000). */
const DEEPEST = 200;

const SQL_OPERATORS: Readonly<Record<CompareOperator, string>> = {
  eq: '=',
  ne: '<>',
  gt: '>',
  ge: '>=',
  lt: '<',
  le: '<=',
};
const OPPOSITE: Readonly<Record<CompareOperator, CompareOperator>> = {
  eq: 'ne',
  ne: 'eq',
  gt: 'le',
  ge: 'lt',
  lt: 'ge',
  le: 'gt',
};
/** Whether `null operator null` holds; against a value only `ne` does. */
const NULL_TO_NULL: Readonly<Record<CompareOperator, boolean>> = {
  eq: true,
  ne: false,
  gt: false,
  ge: true,
  lt: false,
  le: true,
};

const TRUE = '1 = 1';
const FALSE = '1 = 0';

/** @throws CordonError `ODataError` when the filter is nested deeper than any engine takes. */
export function filterSql(filter: Filter, context: FilterContext): string {
  return condition(filter, context, false, 0);
}

function condition(filter: Filter, context: FilterContext, negated: boolean, depth: number): string {
  checkDepth(depth);
  switch (filter.kind) {
    case 'compare':
      return comparison(filter.operator, context.column(filter.property), filter.value, context, negated);
    case 'in':
      return membership(context.column(filter.property), filter.values, context, negated);
    case 'match':
      return match(filter.function, context.column(filter.property), filter.value, context, negated);
    case 'any': {
      const inner = filter.filter === null ? TRUE : tagCondition(filter.filter, context, false, depth + 1);
      return `${negated ? 'not ' : ''}${context.anyTag(inner)}`;
    }
    case 'constant':
      return filter.value === negated ? FALSE : TRUE;
    case 'not':
      return condition(filter.term, context, !negated, depth + 1);
    default: {
      const terms = filter.terms.map((term) => condition(term, context, negated, depth + 1));
      return joined(terms, (filter.kind === 'and') === negated ? 'or' : 'and');
    }
  }
}

function tagCondition(filter: TagFilter, context: FilterContext, negated: boolean, depth: number): string {
  checkDepth(depth);
  const column: Column = { sql: context.tag, nullable: false, folded: false };
  switch (filter.kind) {
    case 'compare':
      return comparison(filter.operator, column, filter.value, context, negated);
    case 'in':
      return membership(column, filter.values, context, negated);
    case 'match':
      return match(filter.function, column, filter.value, context, negated);
    case 'not':
      return tagCondition(filter.term, context, !negated, depth + 1);
    default: {
      const terms = filter.terms.map((term) => tagCondition(term, context, negated, depth + 1));
      return joined(terms, (filter.kind === 'and') === negated ? 'or' : 'and');
    }
  }
}

function checkDepth(depth: number): void {
  if (depth > DEEPEST)
    throw new CordonError('ODataError', `The $filter is nested deeper than ${DEEPEST} levels.`);
}

/** Terms joined as a balanced tree, since engines bound the depth of a condition and a chain is as deep as it is long. */
function joined(terms: readonly string[], word: 'and' | 'or'): string {
  if (terms.length === 0) return word === 'and' ? TRUE : FALSE;
  if (terms.length === 1) return terms[0] as string;
  const middle = terms.length >> 1;
  return `(${joined(terms.slice(0, middle), word)} ${word} ${joined(terms.slice(middle), word)})`;
}

/** A literal as the column holds it. */
export function columnValue(literal: Literal, column: Column): Value {
  if (typeof literal === 'boolean') return literal ? 1 : 0;
  return column.folded && typeof literal === 'string' ? literal.toLowerCase() : literal;
}

function comparison(
  asked: CompareOperator,
  column: Column,
  literal: Literal,
  context: FilterContext,
  negated: boolean,
): string {
  if (literal === null) {
    const ofNull = NULL_TO_NULL[asked] !== negated;
    const ofValue = (asked === 'ne') !== negated;
    if (ofNull === ofValue) return ofNull ? TRUE : FALSE;
    return `${column.sql} is ${ofNull ? '' : 'not '}null`;
  }
  const operator = negated ? OPPOSITE[asked] : asked;
  const plain = `${column.sql} ${SQL_OPERATORS[operator]} ${context.bind(columnValue(literal, column))}`;
  const ofNull = (asked === 'ne') !== negated;
  return ofNull && column.nullable ? `(${plain} or ${column.sql} is null)` : plain;
}

function membership(
  column: Column,
  literals: readonly Literal[],
  context: FilterContext,
  negated: boolean,
): string {
  const values = literals.filter((literal) => literal !== null);
  const withNull = values.length < literals.length;
  const terms: string[] = [];
  if (values.length > 0) {
    const list = values.map((value) => context.bind(columnValue(value, column))).join(', ');
    terms.push(`${column.sql} ${negated ? 'not in' : 'in'} (${list})`);
  }
  if (negated) {
    if (withNull) terms.push(`${column.sql} is not null`);
    else if (column.nullable && terms.length > 0) return `(${terms[0]} or ${column.sql} is null)`;
    return joined(terms, 'and');
  }
  if (withNull) terms.push(`${column.sql} is null`);
  return joined(terms, 'or');
}

function match(
  asked: MatchFunction,
  column: Column,
  literal: string,
  context: FilterContext,
  negated: boolean,
): string {
  const text = column.folded ? literal.toLowerCase() : literal;
  // Every text has the empty one everywhere; null has nothing.
  if (text === '') return negated ? FALSE : column.nullable ? `${column.sql} is not null` : TRUE;
  return MATCHES[asked](column.sql, text, context, negated);
}

type Match = (column: string, text: string, context: FilterContext, negated: boolean) => string;

const MATCHES: Readonly<Record<MatchFunction, Match>> = {
  /** A range, which an index can serve. */
  startswith: (column, text, { bind }, negated) => {
    const end = prefixEnd(text);
    const [from, until, word] = negated ? ['<', '>=', 'or'] : ['>=', '<', 'and'];
    const start = `${column} ${from} ${bind(text)}`;
    return end === null ? start : `(${start} ${word} ${column} ${until} ${bind(end)})`;
  },
  endswith: (column, text, { bind }, negated) => {
    const part = `cast(${bind(text)} as text)`;
    return `substr(${column}, length(${column}) - length(${part}) + 1) ${negated ? '<>' : '='} ${part}`;
  },
  contains: (column, text, { bind, dialect }, negated) =>
    `${negated ? 'not ' : ''}${dialect.contains(column, `cast(${bind(text)} as text)`)}`,
};
