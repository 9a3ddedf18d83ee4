import type { Property } from '../contract/property.ts';
import { CordonError } from '../domain/error.ts';
import type { Literal, OrderTerm, Page, Query } from '../domain/query.ts';
import { type Access, accessOf } from './access-path.ts';
import type { Collection } from './collections.ts';
import { type Column, columnValue, type FilterContext, filterSql } from './filter-sql.ts';
import type { Visible } from './port.ts';
import { type Dialect, type Row, type Sql, type Statement, statement, type Value } from './sql.ts';

/** After this a list that no index serves is given up with 503. */
export const SCAN_DEADLINE_MS = 5000;
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

/** Properties that Cordon has no column for; they are null of every row. */
const ABSENT = new Set(['scope']);

function columnOf(collection: Collection, { column, nullable }: Property): Column {
  if (column === null || ABSENT.has(column))
    return { sql: 'cast(null as text)', nullable: true, folded: false };
  const folded = collection.folded[column];
  return { sql: folded ?? `${collection.alias}.${column}`, nullable, folded: folded !== undefined };
}

/** What a page is ordered by: as asked, else the collection's own, made total by the id. */
function totalOrder(collection: Collection, asked: readonly OrderTerm[]): readonly OrderTerm[] {
  const order = asked.length > 0 ? asked : collection.order;
  if (order.some((term) => term.property.column === 'id')) return order;
  const id = collection.entity.properties.find(({ column }) => column === 'id') as Property;
  return [...order, { property: id, descending: order.at(-1)?.descending ?? false }];
}

/** Nulls are smaller than every value, as OData has it. Columns without nulls say nothing of them, to match an index. */
function orderSql(collection: Collection, order: readonly OrderTerm[], alias: string): string {
  const term = ({ property, descending }: OrderTerm): string => {
    const column = columnOf(collection, property);
    const sql = column.folded || !column.sql.startsWith('cast') ? `${alias}${property.column}` : column.sql;
    const nulls = column.nullable ? (descending ? ' nulls last' : ' nulls first') : '';
    return `${sql} ${descending ? 'desc' : 'asc'}${nulls}`;
  };
  return order.map(term).join(', ');
}

/** The rows behind a key in the given order. */
function afterSql(
  collection: Collection,
  order: readonly OrderTerm[],
  key: readonly Literal[],
  bind: FilterContext['bind'],
): string {
  if (key.length !== order.length) {
    throw new CordonError('ODataError', 'The $skiptoken does not belong to this query.');
  }
  const terms = order.map(({ property, descending }, index) => {
    const column = columnOf(collection, property);
    const sql = column.sql.startsWith('cast') ? column.sql : `${collection.alias}.${property.column}`;
    const value = columnValue(key[index] ?? null, { ...column, folded: false });
    return { sql, nullable: column.nullable, descending, value };
  });
  const sign = order[0]?.descending ? '<' : '>';
  if (terms.every((term) => !term.nullable && term.descending === order[0]?.descending)) {
    const values = terms.map((term) => bind(term.value)).join(', ');
    return `(${terms.map((term) => term.sql).join(', ')}) ${sign} (${values})`;
  }
  const alternatives = terms.map((last, index) => {
    const same = terms
      .slice(0, index)
      .map(({ sql, value }) => (value === null ? `${sql} is null` : `${sql} = ${bind(value)}`));
    return `(${[...same, behind(last, bind)].join(' and ')})`;
  });
  return `(${alternatives.join(' or ')})`;
}

function behind(
  { sql, nullable, descending, value }: { sql: string; nullable: boolean; descending: boolean; value: Value },
  bind: FilterContext['bind'],
): string {
  if (value === null) return descending ? '1 = 0' : `${sql} is not null`;
  if (!descending) return `${sql} > ${bind(value)}`;
  return nullable ? `(${sql} < ${bind(value)} or ${sql} is null)` : `${sql} < ${bind(value)}`;
}

/** Collects parameters and makes conditions for one statement. */
function conditions(dialect: Dialect, collection: Collection, scope: Scope, access: Access, params: Value[]) {
  const { alias } = collection;
  const bind = (value: Value): string => `$${params.push(value)}`;
  const chosen = new Set(access.columns);
  const context: FilterContext = {
    dialect,
    bind,
    column(property) {
      const column = columnOf(collection, property);
      const free =
        !access.bounded || chosen.has(property.column ?? '') || property.column === collection.orderColumn;
      return free ? column : { ...column, sql: dialect.unindexed(column.sql) };
    },
    anyTag: (inner) =>
      `exists (select 1 from machine_tag t
         where t.tenant_id = ${alias}.tenant_id and t.machine_id = ${alias}.id and ${inner})`,
    tag: 't.tag',
  };
  const arm = (values: readonly Literal[]): string[] => {
    const all = access.bounded || dialect.alive(alias) === '' ? [] : [dialect.alive(alias)];
    all.push(`${alias}.tenant_id = ${bind(scope.tenantId)}`);
    for (const [index, name] of access.columns.entries()) {
      const column = columnOf(collection, { column: name, nullable: false } as Property);
      all.push(`${column.sql} = ${bind(columnValue(values[index] ?? null, column))}`);
    }
    for (const term of access.residual) all.push(filterSql(term, context));
    if (scope.visible !== null) {
      all.push(scope.visible.length === 0 ? '1 = 0' : collection.visible(scope.visible.map(bind).join(', ')));
    }
    return all;
  };
  return { bind, arm };
}

/** A machine's own list is the list with one more condition. */
function scoped(collection: Collection, { query, machineId }: Scope): Query {
  if (machineId === null) return query;
  const property = collection.entity.properties.find(({ column }) => column === 'machine_id') as Property;
  const own = { kind: 'compare', operator: 'eq', property, value: machineId } as const;
  return { ...query, filter: query.filter === null ? own : { kind: 'and', terms: [own, query.filter] } };
}

const bound = (text: string, params: readonly Value[]): BoundStatement => {
  if (params.length > MOST_PARAMETERS)
    throw new CordonError('ODataError', 'The $filter has too many values.');
  return { statement: statement(null, text), params };
};

/** Plans a list: the SQL of its page and count, and where they may run. */
export function planList(dialect: Dialect, collection: Collection, asked: Scope): ListPlan {
  const query = scoped(collection, asked);
  const scope = { ...asked, query };
  const order = totalOrder(collection, query.orderBy);
  const access = accessOf(collection, query, order, scope.visible !== null);
  const { from, selection, alias } = collection;
  // One row more than asked tells whether there is a next page.
  const limit = query.top + (query.topGiven ? 0 : 1);
  const skip = query.after === null ? query.skip : 0;

  const params: Value[] = [];
  const { bind, arm } = conditions(dialect, collection, scope, access, params);
  const select = (values: readonly Literal[], tail: string): string => {
    const where = arm(values);
    if (query.after !== null) where.push(afterSql(collection, order, query.after, bind));
    const text = `select ${selection} from ${from} where ${where.join(' and ')}`;
    return `${text} order by ${orderSql(collection, order, `${alias}.`)} ${tail}`;
  };
  const rest = () => `limit ${bind(limit)} offset ${bind(skip)}`;
  let text: string;
  if (access.arms.length === 1) {
    const only = select(access.arms[0] ?? [], '');
    text = `${only}${rest()}`;
  } else {
    const parts = access.arms.map((values, index) => {
      const inner = select(values, '');
      return `select * from (${inner}limit ${bind(limit + skip)}) arm${index}`;
    });
    text = `${parts.join(' union all ')} order by ${orderSql(collection, order, '')} ${rest()}`;
  }
  return {
    page: bound(text, params),
    count: countOf(dialect, collection, scope),
    bounded: access.bounded,
    order,
  };
}

function countOf(dialect: Dialect, collection: Collection, scope: Scope): BoundStatement | null {
  if (!scope.query.count) return null;
  const { filter } = scope.query;
  const access = { columns: [], arms: [[]], residual: filter === null ? [] : [filter], bounded: false };
  const params: Value[] = [];
  const { arm } = conditions(dialect, collection, scope, access, params);
  return bound(`select count(*) as count from ${collection.from} where ${arm([]).join(' and ')}`, params);
}

/** Reads one page of a collection, and its count when the query asks for it. */
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
