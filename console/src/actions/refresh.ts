import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { WireMachineAction } from '../../../src/contract/machine-action.ts';
import { call } from '../wire/call.ts';
import { all, among, type Collection, withOptions } from '../wire/odata.ts';
import { mergeActions } from './merge.ts';

/** A list of actions in the cache: the filter of OData, and the order. */
export type ActionsKey = readonly ['actions', string, string];

export const ACTIONS = '/api/machineactions';
/** Ids that one address names. */
const AT_ONCE = 80;

/** Reads the changed actions again in every list that is on the screen; what no longer fits the list leaves it. */
export async function refreshActions(client: QueryClient, ids: ReadonlySet<string>): Promise<void> {
  if (ids.size === 0) return;
  const lists = client.getQueryCache().findAll({ queryKey: ['actions'], type: 'active' });
  await Promise.all(
    lists.map(async ({ queryKey }) => {
      const [, filter, order] = queryKey as unknown as ActionsKey;
      if (ids.size > AT_ONCE) return client.invalidateQueries({ queryKey });
      const path = withOptions(ACTIONS, { $filter: all([among('id', [...ids]), filter]) });
      const { value } = await call<Collection<WireMachineAction>>(path, { background: true });
      client.setQueryData<InfiniteData<Collection<WireMachineAction>>>(queryKey, (data) =>
        data === undefined ? data : merged(data, ids, value, order === 'creationDateTimeUtc desc'),
      );
    }),
  );
}

/** All of what is shown is put on the first page: pages are only how it was read. */
function merged(
  data: InfiniteData<Collection<WireMachineAction>>,
  ids: ReadonlySet<string>,
  came: readonly WireMachineAction[],
  newestFirst: boolean,
): InfiniteData<Collection<WireMachineAction>> {
  const shown = data.pages.flatMap(({ value }) => value);
  const now = mergeActions(shown, ids, came, newestFirst);
  const [first, ...others] = data.pages;
  const more = now.length - shown.length;
  const count = first?.['@odata.count'];
  return {
    ...data,
    pages: [
      {
        ...first,
        value: now,
        ...(count === undefined ? {} : { '@odata.count': Math.max(now.length, count + more) }),
      },
      ...others.map((page) => ({ ...page, value: [] })),
    ],
  };
}
