/** A `$filter` judged in plain JavaScript: what the SQL must agree with. Three-valued, as OData has it; null is unknown. */
import type { CompareOperator, Filter, Literal, MatchFunction, TagFilter } from '../../src/domain/query.ts';

/** An entity as the filter sees it: a value per property name, and its tags. */
export interface Entity {
  readonly values: Readonly<Record<string, Literal>>;
  readonly tags: readonly string[];
}

type Truth = boolean | null;

/** By code points, as bytes of UTF-8 compare and UTF-16 units do not. */
function order(a: Literal, b: Literal): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return Number(a) - Number(b);
}

const COMPARE: Readonly<Record<CompareOperator, (sign: number) => boolean>> = {
  eq: (sign) => sign === 0,
  ne: (sign) => sign !== 0,
  gt: (sign) => sign > 0,
  ge: (sign) => sign >= 0,
  lt: (sign) => sign < 0,
  le: (sign) => sign <= 0,
};
const MATCH: Readonly<Record<MatchFunction, (text: string, part: string) => boolean>> = {
  startswith: (text, part) => text.startsWith(part),
  endswith: (text, part) => text.endsWith(part),
  contains: (text, part) => text.includes(part),
};

function compare(operator: CompareOperator, a: Literal, b: Literal): boolean {
  if (a === null && b === null) return COMPARE[operator](0);
  if (a === null || b === null) return operator === 'ne';
  return COMPARE[operator](order(a, b));
}

const all = (truths: Truth[]): Truth =>
  truths.includes(false) ? false : truths.includes(null) ? null : true;
const negate = (truth: Truth): Truth => (truth === null ? null : !truth);
const any = (truths: Truth[]): Truth => negate(all(truths.map(negate)));

export function judge(filter: Filter, entity: Entity): Truth {
  switch (filter.kind) {
    case 'constant':
      return filter.value;
    case 'compare':
      return compare(filter.operator, entity.values[filter.property.name] ?? null, filter.value);
    case 'in': {
      const value = entity.values[filter.property.name] ?? null;
      return filter.values.some((candidate) => compare('eq', value, candidate));
    }
    case 'match': {
      const value = entity.values[filter.property.name] ?? null;
      return value === null ? null : MATCH[filter.function](String(value), filter.value);
    }
    case 'any': {
      const inner = filter.filter;
      return entity.tags.some((tag) => inner === null || judgeTag(inner, tag));
    }
    case 'not':
      return negate(judge(filter.term, entity));
    default: {
      const truths = filter.terms.map((term) => judge(term, entity));
      return filter.kind === 'and' ? all(truths) : any(truths);
    }
  }
}

function judgeTag(filter: TagFilter, tag: string): boolean {
  switch (filter.kind) {
    case 'compare':
      return compare(filter.operator, tag, filter.value);
    case 'in':
      return filter.values.includes(tag);
    case 'match':
      return MATCH[filter.function](tag, filter.value);
    case 'not':
      return !judgeTag(filter.term, tag);
    case 'and':
      return filter.terms.every((term) => judgeTag(term, tag));
    default:
      return filter.terms.some((term) => judgeTag(term, tag));
  }
}
