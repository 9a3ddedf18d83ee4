import type { Page } from '../domain/query.ts';
import type { Collection } from './collections.ts';
import { type BoundStatement, planList, type Scope } from './list-plan.ts';
import type { Row, Sql } from './sql.ts';

/** After this a list that no index serves is given up with 503. */
export const SCAN_DEADLINE_MS = 5000;

/**
 * Reads one page of a collection, and its count when the query asks for it.
 * @throws CordonError `ServiceUnavailable` when it takes too long, `ODataError` when no engine could take it.
 */
export async function listRows<T>(
  sql: Sql,
  collection: Collection,
  scope: Scope,
  from: (row: Row) => T,
): Promise<Page<T>> {
  const plan = planList(sql.dialect, collection, scope);
  const { top, topGiven } = scope.query;
  const run = ({ statement, params }: BoundStatement, bounded: boolean): Promise<readonly Row[]> =>
    bounded ? sql.all(statement, params) : sql.scan(statement, params, SCAN_DEADLINE_MS);
  const [found, counted] = await Promise.all([
    top === 0 ? [] : run(plan.page, plan.bounded),
    plan.count === null ? null : run(plan.count, false),
  ]);
  const rows = found.slice(0, top);
  const last = rows.at(-1);
  const next =
    topGiven || found.length <= top || last === undefined
      ? null
      : plan.order.map(({ property }) => last[property.column ?? ''] ?? null);
  return { rows: rows.map(from), count: counted === null ? null : Number(counted[0]?.count), next };
}
