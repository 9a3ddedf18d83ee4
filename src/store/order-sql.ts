/**
 * The order of a list, and the condition for what comes after a row of it. Nulls are smaller than every value, as OData
 * has it; columns without nulls say nothing of them, so that an index serves them on every engine.
 */
import type { Property } from '../contract/property.ts';
import { CordonError } from '../domain/error.ts';
import type { Literal, OrderTerm } from '../domain/query.ts';
import type { Collection } from './collections.ts';
import { isAbsent, orderedColumn } from './columns.ts';
import { columnValue } from './filter-sql.ts';
import type { Value } from './sql.ts';

/**
 * As asked, else the collection's own order, made total by the id in the direction of the last term. Properties without
 * a column are null of every row and order nothing.
 */
export function totalOrder(collection: Collection, asked: readonly OrderTerm[]): readonly OrderTerm[] {
  const present = asked.filter((term) => !isAbsent(term.property));
  const order = present.length > 0 ? present : collection.order;
  if (order.some((term) => term.property.column === 'id')) return order;
  const id = collection.entity.properties.find(({ column }) => column === 'id') as Property;
  return [...order, { property: id, descending: order.at(-1)?.descending ?? false }];
}

/** The list of an `order by`; `write` turns a column into the SQL that stands there. */
export function orderSql(
  collection: Collection,
  order: readonly OrderTerm[],
  write: (column: string) => string,
): string {
  return order
    .map(({ property, descending }) => {
      const { sql, nullable } = orderedColumn(collection, property);
      const nulls = nullable ? (descending ? ' nulls last' : ' nulls first') : '';
      return `${write(sql)} ${descending ? 'desc' : 'asc'}${nulls}`;
    })
    .join(', ');
}

export const foreignKey = (): CordonError =>
  new CordonError('ODataError', 'The $skiptoken does not belong to this query.');

interface Term {
  readonly sql: string;
  readonly nullable: boolean;
  readonly descending: boolean;
  readonly value: Value;
}

/**
 * The rows after the one with these values of the order terms; `write` turns a column into the SQL that stands there.
 * @throws CordonError `ODataError` when the values are not of this order.
 */
export function afterSql(
  collection: Collection,
  order: readonly OrderTerm[],
  key: readonly Literal[],
  bind: (value: Value) => string,
  write: (column: string) => string,
): string {
  if (key.length !== order.length) throw foreignKey();
  const terms = order.map(({ property, descending }, index): Term => {
    const column = orderedColumn(collection, property);
    return { ...column, sql: write(column.sql), descending, value: columnValue(key[index] ?? null, column) };
  });
  const descending = order[0]?.descending;
  if (terms.every((term) => !term.nullable && term.descending === descending)) {
    const values = terms.map((term) => bind(term.value)).join(', ');
    return `(${terms.map((term) => term.sql).join(', ')}) ${descending ? '<' : '>'} (${values})`;
  }
  const alternatives = terms.map((last, index) => {
    const same = terms
      .slice(0, index)
      .map(({ sql, value }) => (value === null ? `${sql} is null` : `${sql} = ${bind(value)}`));
    return `(${[...same, beyond(last, bind)].join(' and ')})`;
  });
  return `(${alternatives.join(' or ')})`;
}

function beyond({ sql, nullable, descending, value }: Term, bind: (value: Value) => string): string {
  if (value === null) return descending ? '1 = 0' : `${sql} is not null`;
  if (!descending) return `${sql} > ${bind(value)}`;
  return nullable ? `(${sql} < ${bind(value)} or ${sql} is null)` : `${sql} < ${bind(value)}`;
}
