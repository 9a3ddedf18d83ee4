import type { RouteId } from './routes.ts';
import type { CallInput, Transport } from './transport.ts';

/** What a caller may ask of a collection. */
export interface CollectionQuery {
  /** OData `$filter`. */
  readonly filter?: string | undefined;
  /** `$orderby`. */
  readonly orderBy?: string | undefined;
  /** At most this many in all, over as many pages as it takes; all when left out. */
  readonly top?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface WirePage<T> {
  value: T[];
  '@odata.nextLink'?: string;
}

/** Largest page of the API; `$top` above it is refused. */
const PAGE_MAXIMUM = 10_000;

/**
 * The entries of a collection, page after page. Of a `@odata.nextLink` only the query is used: the public address in
 * it may not be the one that this client can reach, and a token must not follow a link to another host. The vendor
 * sends no link where a page is full, so a full page is followed by `$skip`.
 */
export async function* collection<T>(
  call: Transport,
  route: RouteId,
  query: CollectionQuery,
  parameters: CallInput['parameters'] = {},
): AsyncGenerator<T, void, undefined> {
  const top = query.top ?? Number.POSITIVE_INFINITY;
  if (top < 1) return;
  let search = firstSearch(query, top);
  for (let seen = 0; ; ) {
    const page = await call<WirePage<T>>(route, { parameters, query: search, signal: query.signal });
    for (const entry of page.value) {
      yield entry;
      seen += 1;
      if (seen >= top) return;
    }
    const link = page['@odata.nextLink'];
    if (link !== undefined) search = new URL(link, 'http://next.invalid').searchParams;
    else if (page.value.length === PAGE_MAXIMUM) search = withSkip(query, top, seen);
    else return;
  }
}

function firstSearch(query: CollectionQuery, top: number): URLSearchParams {
  const search = new URLSearchParams();
  if (query.filter !== undefined) search.set('$filter', query.filter);
  if (query.orderBy !== undefined) search.set('$orderby', query.orderBy);
  if (top <= PAGE_MAXIMUM) search.set('$top', String(top));
  return search;
}

function withSkip(query: CollectionQuery, top: number, seen: number): URLSearchParams {
  const search = firstSearch(query, top);
  search.set('$skip', String(seen));
  return search;
}

/** All entries as one array. */
export async function all<T>(entries: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const entry of entries) list.push(entry);
  return list;
}

/**
 * The first entries of a collection, and whether there are more: one more than `top` is asked for, so that a list
 * that was cut can say so.
 */
export async function takeUpTo<T>(
  top: number,
  ask: (top: number) => AsyncIterable<T>,
): Promise<{ entries: T[]; more: boolean }> {
  const entries: T[] = [];
  for await (const entry of ask(top + 1)) {
    if (entries.length === top) return { entries, more: true };
    entries.push(entry);
  }
  return { entries, more: false };
}
