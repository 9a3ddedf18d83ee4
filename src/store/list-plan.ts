import type { Property } from '../contract/property.ts';
import { CordonError } from '../domain/error.ts';
import type { Literal, OrderTerm, Query } from '../domain/query.ts';
import { type Access, accessOf, PAGE_BOUND, WHOLE } from './access-path.ts';
import type { Collection, Part } from './collections.ts';
import { comparedColumn } from './columns.ts';
import { columnValue, type FilterContext, filterSql } from './filter-sql.ts';
import { afterSql, foreignKey, orderSql, totalOrder } from './order-sql.ts';
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
  /** Finds as many rows as the page is chosen from, up to {@link PAGE_BOUND}; null when that needs no look. */
  readonly candidates: BoundStatement | null;
  /** The page, where there are fewer candidates. */
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
  const ordered = !access.sorts && !access.byId;
  const chosen = new Set(ordered ? [...access.columns, orderColumn] : access.columns);
  const context: FilterContext = {
    dialect,
    bind,
    column(property) {
      const column = comparedColumn(collection, property);
      const free = (!access.bounded && access.columns.length === 0) || chosen.has(property.column ?? '');
      return free ? column : { ...column, sql: dialect.unindexed(column.sql) };
    },
    anyTag: (inner) =>
      `exists (select 1 from machine_tag t
         where t.tenant_id = ${alias}.tenant_id and t.machine_id = ${alias}.id and ${inner})`,
    tag: 't.tag',
  };
  const within = ({ values, part }: Pick<Arm, 'values' | 'part'>): string[] => {
    const alive = access.bounded ? '' : dialect.alive(alias);
    const all = alive === '' ? [] : [alive];
    const tenant = bind(scope.tenantId);
    all.push(`${alias}.tenant_id = ${tenant}`);
    const fixed = access.columns.map((name, index) => {
      const column = comparedColumn(collection, { column: name, nullable: false });
      const value = bind(columnValue(values[index] ?? null, column));
      all.push(`${column.sql} = ${value}`);
      return value;
    });
    if (part !== null) all.push(part.where(tenant, fixed));
    return all;
  };
  const where = (arm: Pick<Arm, 'values' | 'part'>): string[] => {
    const all = within(arm);
    for (const term of access.residual) all.push(filterSql(term, context));
    if (scope.visible !== null) {
      const groups = scope.visible.map(bind).join(', ');
      all.push(groups === '' ? '1 = 0' : collection.visible(groups));
    }
    return all;
  };
  return { params, bind, within, where };
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

/** A range of an index, in the order in which it is read. */
interface Arm {
  readonly values: readonly Literal[];
  /** What of the index it is, where several hold the rows. */
  readonly part: Part | null;
  /** A column as the order is written with it. */
  readonly write: (column: string) => string;
}

/** The ranges of a way to the rows, which are disjoint. */
function armsOf(dialect: Dialect, { arms, sorts, parts, byId }: Access): Arm[] {
  const asIs = (column: string): string => column;
  const writes = (inOrder: boolean) => (inOrder ? asIs : dialect.unindexed);
  if (parts === null) return arms.map((values) => ({ values, part: null, write: writes(!sorts) }));
  return arms.flatMap((values) => parts.map((part) => ({ values, part, write: writes(byId && part.byId) })));
}

/**
 * Plans a list: the SQL of its page and count, and where they may run.
 * @param few false once the candidates were found to be many
 * @throws CordonError `ODataError` when the filter is larger than an engine takes, or the key is of another query.
 */
export function planList(dialect: Dialect, collection: Collection, asked: Scope, few = true): ListPlan {
  const query = ofMachine(collection, asked);
  const scope = { ...asked, query };
  const order = totalOrder(collection, query.orderBy);
  const chosen = accessOf(collection, query, order, scope.visible !== null);
  const access = few || !chosen.counted ? chosen : { ...chosen, bounded: false, counted: false };
  return {
    candidates: access.counted ? planCandidates(dialect, collection, scope, access) : null,
    page: planPage(dialect, collection, scope, access, order),
    count: planCount(dialect, collection, scope, access),
    bounded: access.bounded,
    order,
  };
}

function planPage(
  dialect: Dialect,
  collection: Collection,
  scope: Scope,
  access: Access,
  wholeOrder: readonly OrderTerm[],
): BoundStatement {
  const { query } = scope;
  const { from, selection, alias } = collection;
  const { params, bind, where } = conditions(dialect, collection, scope, access);
  // One row more than asked tells whether there is a next page.
  const limit = query.top + (query.topGiven ? 0 : 1);
  const skip = query.after === null ? query.skip : 0;
  const arms = armsOf(dialect, access);
  if (query.after !== null && query.after.length !== wholeOrder.length) throw foreignKey();
  // The second term is the id, which alone says the order where that is read.
  const order = access.byId ? wholeOrder.slice(1, 2) : wholeOrder;
  const after = (access.byId ? query.after?.slice(1, 2) : query.after) ?? null;

  const rows = (arm: Arm, wanted: string): string => {
    const { write } = arm;
    const terms = where(arm);
    if (after !== null) terms.push(afterSql(collection, order, after, bind, write));
    const by = orderSql(collection, order, write);
    return `select ${wanted} from ${from} where ${terms.join(' and ')} order by ${by}`;
  };
  const cut = () => `limit ${bind(limit)} offset ${bind(skip)}`;
  const names = [...new Set([...order.map(({ property }) => property.column as string), 'id'])];
  /** Which rows are shown, by their keys alone: skipping or merging whole rows costs several times as much. */
  const keys = (): string => {
    const wanted = ({ write }: Arm): string =>
      names
        .map((name) => (access.byId ? `${write(`${alias}.${name}`)} as ${name}` : `${alias}.${name}`))
        .join(', ');
    const [first] = arms;
    if (arms.length === 1 && first !== undefined) return `${rows(first, wanted(first))} ${cut()}`;
    // Each arm is cut to the page, so that merging them costs as much as the page whatever lies behind.
    const parts = arms.map(
      (arm, index) => `select * from (${rows(arm, wanted(arm))} limit ${bind(limit + skip)}) arm${index}`,
    );
    const by = orderSql(collection, order, (column) => column.slice(alias.length + 1));
    return `${parts.join(' union all ')} order by ${by} ${cut()}`;
  };
  const [only] = arms;
  if (arms.length === 1 && only !== undefined && skip === 0)
    return bound(`${rows(only, selection)} ${cut()}`, params);
  const by = orderSql(collection, order, (column) => `page${column.slice(alias.length)}`);
  return bound(
    `select ${selection} from (${keys()}) page
      join ${from} on ${alias}.tenant_id = ${bind(scope.tenantId)} and ${alias}.id = page.id order by ${by}`,
    params,
  );
}

function planCandidates(
  dialect: Dialect,
  collection: Collection,
  scope: Scope,
  access: Access,
): BoundStatement {
  const { params, bind, within } = conditions(dialect, collection, scope, access);
  const parts = armsOf(dialect, access).map(
    (arm, index) =>
      `select * from (select 1 as found from ${collection.from}
       where ${within(arm).join(' and ')}
       limit ${bind(PAGE_BOUND)}) arm${index}`,
  );
  return bound(`select count(*) as count from (${parts.join(' union all ')}) candidate`, params);
}

function planCount(
  dialect: Dialect,
  collection: Collection,
  scope: Scope,
  chosen: Access,
): BoundStatement | null {
  const { count, filter } = scope.query;
  if (!count) return null;
  const whole = { ...WHOLE, residual: filter === null ? [] : [filter] };
  // An engine chooses none of several indexes by itself.
  const access = chosen.parts === null ? whole : { ...chosen, bounded: false };
  const { params, where } = conditions(dialect, collection, scope, access);
  const counts = armsOf(dialect, access).map(
    (arm) => `select count(*) as count from ${collection.from} where ${where(arm).join(' and ')}`,
  );
  if (counts.length === 1) return bound(counts.join(), params);
  return bound(
    `select cast(sum(count) as bigint) as count from (${counts.join(' union all ')}) part`,
    params,
  );
}
