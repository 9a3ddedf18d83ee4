import type { EntityType } from '../contract/property.ts';
import { CordonError } from '../domain/error.ts';
import { nextLinkQuery } from '../domain/odata/next-link.ts';
import { parseQuery } from '../domain/odata/query.ts';
import type { Page, Query } from '../domain/query.ts';
import type { OperationCall } from './handler.ts';

/** A collection of the OData wire. */
export interface WireCollection {
  '@odata.context': string;
  '@odata.count'?: number;
  value: readonly object[];
  '@odata.nextLink'?: string;
}

/** The checked query of a call on a collection. @throws CordonError `ODataError` */
export function queryOf(call: OperationCall, entity: EntityType): Query {
  return parseQuery(entity, call.rawQuery, { pageSize: call.config.pageSize });
}

/** The same on a collection whose pages are shorter. @throws CordonError `ODataError`, also where `$top` is beyond a page */
export function pagedQueryOf(call: OperationCall, entity: EntityType, pageSize: number): Query {
  const query = parseQuery(entity, call.rawQuery, { pageSize });
  if (query.top <= pageSize) return query;
  throw new CordonError(
    'ODataError',
    `The limit of '${pageSize}' for the '$top' query has been exceeded. Leave it out and follow @odata.nextLink.`,
  );
}

/** The query of a call on `/$count`: of its options only `$filter` matters to a number. */
export function countQueryOf(call: OperationCall, entity: EntityType): Query {
  const { filter } = queryOf(call, entity);
  return { filter, count: true, orderBy: [], top: 0, topGiven: true, skip: 0, select: null, after: null };
}

/** How many rows match, as a number without anything around it. */
export function countReply({ count }: Page<unknown>): number {
  return count ?? 0;
}

/** A page as the wire has it, cut to the selected properties, with the link to the next page if the server cut it. */
export function collectionReply<T>(
  call: OperationCall,
  entity: EntityType,
  query: Query,
  page: Page<T>,
  wire: (row: T) => object,
): WireCollection {
  const names = query.select?.map((property) => property.name) ?? null;
  const suffix = names === null ? '' : `(${names.join(',')})`;
  // A page that ends where the caller's own $top does was not cut by the server.
  const next = query.topGiven ? null : page.next;
  return {
    '@odata.context': `${call.base}/$metadata#${entity.set}${suffix}`,
    ...(page.count === null ? {} : { '@odata.count': page.count }),
    value: page.rows.map((row) => (names === null ? wire(row) : selected(wire(row), names))),
    ...(next === null
      ? {}
      : {
          '@odata.nextLink': `${call.config.publicUrl()}${call.path}?${nextLinkQuery(call.rawQuery, next, query)}`,
        }),
  };
}

/** All of a small collection that takes no query. */
export function wholeCollection(call: OperationCall, set: string, value: readonly object[]): WireCollection {
  return { '@odata.context': `${call.base}/$metadata#${set}`, value };
}

/** One entity with its context in front, as every vendor reply has it. */
export function entityReply(call: OperationCall, entity: EntityType, value: object): object {
  return { '@odata.context': `${call.base}/$metadata#${entity.set}/$entity`, ...value };
}

function selected(value: object, names: readonly string[]): object {
  const all = value as Record<string, unknown>;
  return Object.fromEntries(names.map((name) => [name, all[name]]));
}
