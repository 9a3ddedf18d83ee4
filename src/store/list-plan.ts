import type { Property } from '../contract/property.ts';
import { CordonError } from '../domain/error.ts';
import type { Literal, OrderTerm, Query } from '../domain/query.ts';
import { type Access, accessOf, WHOLE } from './access-path.ts';
import type { Collection } from './collections.ts';
import { comparedColumn } from './columns.ts';
import { columnValue, type FilterContext, filterSql } from './filter-sql.ts';
import { afterSql, orderSql, totalOrder } from './order-sql.ts';
import type { Visible } from './port.ts';
import { type Dialect, type Statement, statement, type Value } from './sql.ts';

/** Parameters that any engine takes in one statement. */
const MOST_PARAMETERS = 30_000;

/** Whose rows a list shows. */
export interface Scope {
  readonly tenantId: string;
  readonly query: Query;
  readonly visible: Visible;
  /** One machine's rows only. */
  readonly machineId: string | null;
}

/** A statement with what it is bound to. */
export interface BoundStatement {
  readonly statement: Statement;
  readonly params: readonly Value[];
}

/** The statements of a list, and whether its page is read where others wait for it. */
export interface ListPlan {
  readonly page: BoundStatement;
  readonly count: BoundStatement | null;
  readonly bounded: boolean;
  readonly order: readonly OrderTerm[];
}

/** Collects the parameters of one statement and writes the conditions of its arms. */
function conditions(dialect: Dialect, collection: Collection, scope: Scope, access: Access) {
  const { alias, orderColumn } = collection;
  const params: Value[] = [];
  const bind = (value: Value): string => `$${params.push(value)}`;
  /** Columns that the chosen index reads; any other index would be a worse choice. */
  const chosen = new Set(access.sorts ? access.columns : [...access.columns, orderColumn]);
  const context: FilterContext = {
    dialect,
    bind,
    column(property) {
      const column = comparedColumn(collection, property);
      const free = !access.bounded || chosen.has(property.column ?? '');
      return free ? column : { ...column, sql: dialect.unindexed(column.sql) };
    },
    anyTag: (inner) =>
      `exists (select 1 from machine_tag t
         where t.tenant_id = ${alias}.tenant_id and t.machine_id = ${alias}.id and ${inner})`,
    tag: 't.tag',
  };
  const where = (values: readonly Literal[]): string[] => {
    const alive = access.bounded ? '' : dialect.alive(alias);
    const all = alive === '' ? [] : [alive];
    all.push(`${alias}.tenant_id = ${bind(scope.tenantId)}`);
    for (const [index, name] of access.columns.entries()) {
      const column = comparedColumn(collection, { column: name, nullable: false });
      all.push(`${column.sql} = ${bind(columnValue(values[index] ?? null, column))}`);
    }
    for (const term of access.residual) all.push(filterSql(term, context));
    if (scope.visible !== null) {
      const groups = scope.visible.map(bind).join(', ');
      all.push(groups === '' ? '1 = 0' : collection.visible(groups));
    }
    return all;
  };
  return { params, bind, where };
}

/** A machine's own list is the list with one more condition. */
function ofMachine(collection: Collection, { query, machineId }: Scope): Query {
  if (machineId === null) return query;
  const property = collection.entity.properties.find(({ column }) => column === 'machine_id') as Property;
  const own = { kind: 'compare', operator: 'eq', property, value: machineId } as const;
  return { ...query, filter: query.filter === null ? own : { kind: 'and', terms: [own, query.filter] } };
}

function bound(text: string, params: readonly Value[]): BoundStatement {
  if (params.length > MOST_PARAMETERS)
    throw new CordonError('ODataError', 'The $filter has too many values.');
  return { statement: statement(null, text), params };
}

/**
 * Plans a list: the SQL of its page and count, and where they may run.
 * @throws CordonError `ODataError` when the filter is larger than an engine takes, or the key is of another query.
 */
export function planList(dialect: Dialect, collection: Collection, asked: Scope): ListPlan {
  const query = ofMachine(collection, asked);
  const scope = { ...asked, query };
  const order = totalOrder(collection, query.orderBy);
  const access = accessOf(collection, query, order, scope.visible !== null);
  const { from, selection, alias } = collection;
  const { params, bind, where } = conditions(dialect, collection, scope, access);
  // One row more than asked tells whether there is a next page.
  const limit = query.top + (query.topGiven ? 0 : 1);
  const skip = query.after === null ? query.skip : 0;

  const arm = (values: readonly Literal[], wanted: string): string => {
    const terms = where(values);
    const write = access.sorts ? dialect.unindexed : (column: string) => column;
    if (query.after !== null) terms.push(afterSql(collection, order, query.after, bind, write));
    const by = orderSql(collection, order, write);
    return `select ${wanted} from ${from} where ${terms.join(' and ')} order by ${by}`;
  };
  const cut = () => `limit ${bind(limit)} offset ${bind(skip)}`;
  /** Which rows are shown, by their keys alone: skipping or merging whole rows costs several times as much. */
  const keys = (): string => {
    const names = [...new Set([...order.map(({ property }) => property.column), 'id'])];
    const wanted = names.map((name) => `${alias}.${name}`).join(', ');
    if (access.arms.length === 1) return `${arm(access.arms[0] ?? [], wanted)} ${cut()}`;
    // Each arm is cut to the page, so that merging them costs as much as the page whatever lies behind.
    const arms = access.arms.map(
      (values, index) => `select * from (${arm(values, wanted)} limit ${bind(limit + skip)}) arm${index}`,
    );
    const by = orderSql(collection, order, (column) => column.slice(alias.length + 1));
    return `${arms.join(' union all ')} order by ${by} ${cut()}`;
  };
  let text: string;
  if (access.arms.length === 1 && skip === 0) {
    text = `${arm(access.arms[0] ?? [], selection)} ${cut()}`;
  } else {
    const by = orderSql(collection, order, (column) => `page${column.slice(alias.length)}`);
    text = `select ${selection} from (${keys()}) page
      join ${from} on ${alias}.tenant_id = ${bind(scope.tenantId)} and ${alias}.id = page.id order by ${by}`;
  }
  return {
    page: bound(text, params),
    count: planCount(dialect, collection, scope),
    bounded: access.bounded,
    order,
  };
}

function planCount(dialect: Dialect, collection: Collection, scope: Scope): BoundStatement | null {
  const { count, filter } = scope.query;
  if (!count) return null;
  const access = { ...WHOLE, residual: filter === null ? [] : [filter] };
  const { params, where } = conditions(dialect, collection, scope, access);
  return bound(`select count(*) as count from ${collection.from} where ${where([]).join(' and ')}`, params);
}
