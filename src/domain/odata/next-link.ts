import type { Literal, Query } from '../query.ts';
import { type OptionName, queryParts } from './options.ts';
import { encodeSkipToken } from './skip-token.ts';

/** Options that the link states anew, or that the page before has used up. */
const REPLACED: ReadonlySet<OptionName | null> = new Set<OptionName>(['$skiptoken', '$skip', '$top']);

/**
 * The query string of the `@odata.nextLink` after a page: the caller's parameters as they were, the place to go on from,
 * and what is left of a `$top`.
 * @param next Values of the order terms and the id of the last row delivered, as the store's page has them.
 * @param delivered Rows of the page; less than a given `$top` only when the server cut the page before it was reached.
 */
export function nextLinkQuery(
  rawQuery: string,
  next: readonly Literal[],
  query: Query,
  delivered: number = query.top,
): string {
  const kept = queryParts(rawQuery).filter(({ option }) => !REPLACED.has(option));
  return [
    ...kept.map(({ raw }) => raw),
    ...(query.topGiven ? [`$top=${query.top - delivered}`] : []),
    `$skiptoken=${encodeSkipToken(query, next)}`,
  ].join('&');
}
