import type { Page } from '../domain/query.ts';
import { PAGE_BOUND } from './access-path.ts';
import type { Collection } from './collections.ts';
import { type BoundStatement, type ListPlan, planList, type Scope } from './list-plan.ts';
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
  const plan = await settledPlan(sql, collection, scope);
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

/** The plan, once the candidates are known to be few or not. */
async function settledPlan(sql: Sql, collection: Collection, scope: Scope): Promise<ListPlan> {
  const plan = planList(sql.dialect, collection, scope);
  if (plan.candidates === null || scope.query.top === 0) return plan;
  const { statement, params } = plan.candidates;
  const found = Number((await sql.all(statement, params))[0]?.count);
  return found < PAGE_BOUND ? plan : planList(sql.dialect, collection, scope, false);
}
