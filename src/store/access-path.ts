import type { Filter, Literal, OrderTerm, Query } from '../domain/query.ts';
import type { Collection, Part, Path } from './collections.ts';

/** How a query reaches its rows. */
export interface Access {
  /** Columns fixed by the index, one set of values per arm; the arms are disjoint and are merged in order. */
  readonly columns: readonly string[];
  readonly arms: readonly (readonly Literal[])[];
  /** Conditions left for the rows found. */
  readonly residual: readonly Filter[];
  /** True when the rows must be sorted, whatever other index has their order. */
  readonly sorts: boolean;
  /** What each arm is read in, where several indexes hold its rows; else null. */
  readonly parts: readonly Part[] | null;
  /** True when the rows are read in the order of their ids, as far as the parts have it. */
  readonly byId: boolean;
  /** True when an index bounds the cost, so that the query may run where others wait for it. */
  readonly bounded: boolean;
  /** True when it is bounded only if the arms have few rows, so that they must be counted first. */
  readonly counted: boolean;
}

/** The whole collection of a tenant, row by row. */
export const WHOLE: Access = {
  columns: [],
  arms: [[]],
  residual: [],
  sorts: false,
  parts: null,
  byId: false,
  bounded: false,
  counted: false,
};

/** Index ranges read and merged for one page. */
const MOST_ARMS = 16;
/** Rows that are read while others wait, skipped ones included, are fewer: a few milliseconds. */
export const PAGE_BOUND = 2001;

/** The conditions that must all hold, whatever the nesting of `and`. */
function conjuncts(filter: Filter | null): Filter[] {
  if (filter === null) return [];
  return filter.kind === 'and' ? filter.terms.flatMap(conjuncts) : [filter];
}

/** The values that a condition leaves to a column of its own; null when it is no such condition. */
function fixed(term: Filter): { column: string; values: readonly Literal[] } | null {
  const values =
    term.kind === 'compare' && term.operator === 'eq'
      ? [term.value]
      : term.kind === 'in'
        ? term.values
        : null;
  if (values === null || values.includes(null)) return null;
  const column = (term as { property: { column: string | null } }).property.column;
  return column === null ? null : { column, values: [...new Set(values)] };
}

const isRange = (term: Filter, column: string): boolean =>
  term.kind === 'compare' && term.operator !== 'ne' && term.value !== null && term.property.column === column;

/** True when the path's index gives the rows in the order asked. */
function ordered(order: readonly OrderTerm[], collection: Collection): boolean {
  const [first, second] = order;
  if (first?.property.column !== collection.orderColumn) return false;
  return second === undefined || (second.property.column === 'id' && second.descending === first.descending);
}

const product = (sets: readonly (readonly Literal[])[]): Literal[][] =>
  sets.reduce<Literal[][]>((rows, set) => rows.flatMap((row) => set.map((value) => [...row, value])), [[]]);

/** The term of the filter that fixes each column of the path; null where a column is open and has no implied values. */
function matchPath(
  path: Path,
  terms: readonly Filter[],
): { used: Set<Filter>; sets: (readonly Literal[])[] } | null {
  const used = new Set<Filter>();
  const sets: (readonly Literal[])[] = [];
  for (const [index, column] of path.columns.entries()) {
    const term = terms.find((candidate) => fixed(candidate)?.column === column);
    if (term !== undefined) used.add(term);
    // An implied column alone does not make the path: its first column must be fixed by the filter.
    else if (index === 0 || path.implied?.column !== column) return null;
    sets.push(term === undefined ? (path.implied?.values ?? []) : (fixed(term)?.values ?? []));
  }
  return { used, sets };
}

/** Chooses the index for a query, and says whether it bounds the cost. */
export function accessOf(
  collection: Collection,
  query: Query,
  order: readonly OrderTerm[],
  restricted: boolean,
): Access {
  const terms = conjuncts(query.filter);
  const small = query.top + query.skip < PAGE_BOUND;
  const inOrder = ordered(order, collection);
  for (const path of collection.paths) {
    const found = matchPath(path, terms);
    if (found === null) continue;
    const arms = product(found.sets);
    const parts = path.parts ?? null;
    if (arms.length > MOST_ARMS && parts === null) continue;
    // An engine chooses none of the indexes by itself where no part is named.
    if (arms.length > MOST_ARMS) return { ...WHOLE, residual: terms, parts, sorts: true };
    const residual = terms.filter((term) => !found.used.has(term));
    const byId = inOrder && (parts?.some((part) => part.byId) ?? false);
    const sorts = !byId && (path.sorts ?? false);
    // Rows in the order of ids are not in a range of times that the index knows.
    const within = (term: Filter) => !byId && isRange(term, collection.orderColumn);
    const exact = small && !restricted && !sorts && inOrder && residual.every(within);
    if (exact || path.rows !== 'many') {
      const counted = path.rows === 'few' && !exact;
      return { columns: path.columns, arms, residual, sorts, parts, byId, bounded: true, counted };
    }
  }
  return { ...WHOLE, residual: terms };
}
