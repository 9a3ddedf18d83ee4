import { call } from './call.ts';

/** A page of a collection. */
export interface Collection<T> {
  readonly value: readonly T[];
  readonly '@odata.count'?: number;
  readonly '@odata.nextLink'?: string;
}

/** A text as a literal of OData: in quotes, with those inside doubled. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** `id in ('…','…')`. @param ids at least one */
export const among = (property: string, ids: readonly string[]): string =>
  `${property} in (${ids.map(literal).join(',')})`;

/** Parts joined by `and`, each in parentheses where there are several; empty ones are left out. */
export function all(parts: readonly string[]): string {
  const said = parts.filter((part) => part.trim() !== '');
  return said.length === 1 ? said[0]! : said.map((part) => `(${part})`).join(' and ');
}

/** Path with its query options; options without a text are left out. */
export function withOptions(
  path: string,
  options: Readonly<Record<string, string | number | undefined>>,
): string {
  const query = Object.entries(options)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(
      ([name, value]) => `${encodeURIComponent(name).replaceAll('%24', '$')}=${encodeURIComponent(value!)}`,
    )
    .join('&');
  return query === '' ? path : `${path}?${query}`;
}

/**
 * The pages of a collection, one after the other. Of a link to the next page only path and query are followed: it names
 * the public address, which need not be the one that this page came from.
 */
export async function* pagesOf<T>(
  path: string,
  options: { readonly signal?: AbortSignal | undefined; readonly background?: boolean } = {},
): AsyncGenerator<Collection<T>> {
  for (let next: string | null = path; next !== null; ) {
    const page: Collection<T> = await call<Collection<T>>(next, options);
    yield page;
    const link: string | undefined = page['@odata.nextLink'];
    const url: URL | null = link === undefined ? null : new URL(link, 'http://localhost');
    next = url === null ? null : `${url.pathname}${url.search}`;
  }
}
