import type { Page, Query } from '../../../src/domain/query.ts';

/** Ids in the order of a page. */
export const ids = ({ rows }: Page<{ id: string }>): string[] => rows.map(({ id }) => id);

/** Follows the pages to the end, with a guard against going round in circles. */
export async function pages(
  read: (query: Query) => Promise<Page<{ id: string }>>,
  query: Query,
): Promise<string[]> {
  const all: string[] = [];
  let after: Query['after'] = null;
  for (let page = 0; page < 100; page += 1) {
    const found: Page<{ id: string }> = await read({ ...query, after });
    all.push(...ids(found));
    if (found.next === null) return all;
    // As it travels in a link.
    after = JSON.parse(JSON.stringify(found.next)) as Query['after'];
  }
  throw new Error('the pages do not end');
}
