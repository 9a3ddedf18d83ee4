import type { Property } from '../contract/property.ts';

/** A literal of `$filter` after it was checked against its property: times are instants, booleans real booleans. */
export type Literal = string | number | boolean | null;

export type CompareOperator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';
export type MatchFunction = 'startswith' | 'endswith' | 'contains';

/**
 * A `$filter` as a tree over known properties. Nothing in it is text of the caller except literal values, so that the
 * store can turn it into SQL with parameters.
 */
export type Filter =
  | { kind: 'compare'; operator: CompareOperator; property: Property; value: Literal }
  | { kind: 'in'; property: Property; values: readonly Literal[] }
  | { kind: 'match'; function: MatchFunction; property: Property; value: string }
  /** `machineTags/any(t: …)`; null asks for any tag at all. Inside, only {@link TagFilter}. */
  | { kind: 'any'; property: Property; filter: TagFilter | null }
  | { kind: 'and' | 'or'; terms: readonly Filter[] }
  | { kind: 'not'; term: Filter }
  /** `true` or `false` written as a whole condition. */
  | { kind: 'constant'; value: boolean };

/** A condition on one tag inside `any`. */
export type TagFilter =
  | { kind: 'compare'; operator: CompareOperator; value: string }
  | { kind: 'in'; values: readonly string[] }
  | { kind: 'match'; function: MatchFunction; value: string }
  | { kind: 'and' | 'or'; terms: readonly TagFilter[] }
  | { kind: 'not'; term: TagFilter };

export interface OrderTerm {
  readonly property: Property;
  readonly descending: boolean;
}

/** A checked query on a collection. */
export interface Query {
  readonly filter: Filter | null;
  /** As asked; empty means the collection's own order. The store appends `id` so that the order is total. */
  readonly orderBy: readonly OrderTerm[];
  /** At most this many rows, 0 to 10,000. */
  readonly top: number;
  /** True when the caller set `$top`, so that reaching it ends the paging without a link. */
  readonly topGiven: boolean;
  readonly skip: number;
  /** Properties wanted, in the wire's order; null means all. */
  readonly select: readonly Property[] | null;
  readonly count: boolean;
  /** Values of the order terms and the id of the last row of the page before (from `$skiptoken`); null on page one. */
  readonly after: readonly Literal[] | null;
}

/** One page of a collection. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** All rows that match, when the query asked for it. */
  readonly count: number | null;
  /** `after` of the next page; null when there is none. */
  readonly next: readonly Literal[] | null;
}
