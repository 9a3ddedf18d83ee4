import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { WireMachineAction } from '../../../src/contract/machine-action.ts';
import { useLiveState } from '../live/live-state.ts';
import { pollingPace } from '../live/pace.ts';
import { useSession } from '../session/session.ts';
import { call } from '../wire/call.ts';
import { type Collection, withOptions } from '../wire/odata.ts';
import { ACTIONS, type ActionsKey } from './refresh.ts';

/** Actions that one page of the list has. */
const PAGE = 200;

/** The actions of a view, read page by page as they come into view. @param filter of OData, empty for all */
export function useActions(filter: string, order: string) {
  const { ended } = useSession();
  const pace = pollingPace(useLiveState(), 0);
  const query = useInfiniteQuery({
    queryKey: ['actions', filter, order] satisfies ActionsKey,
    queryFn: ({ pageParam, signal }) =>
      call<Collection<WireMachineAction>>(
        withOptions(ACTIONS, {
          $filter: filter,
          $orderby: order,
          $top: PAGE,
          $skip: pageParam || undefined,
          $count: 'true',
        }),
        { signal },
      ),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const read = pages.reduce((sum, { value }) => sum + value.length, 0);
      return read < (last['@odata.count'] ?? 0) && last.value.length > 0 ? read : undefined;
    },
    enabled: !ended,
    placeholderData: keepPreviousData,
    structuralSharing: false,
    refetchInterval: pace,
  });
  // What came in between moves the pages on; no action is shown twice.
  const actions = useMemo(
    () => [
      ...new Map(
        query.data?.pages.flatMap(({ value }) => value).map((action) => [action.id, action]) ?? [],
      ).values(),
    ],
    [query.data],
  );
  return { ...query, actions, count: query.data?.pages[0]?.['@odata.count'] ?? actions.length };
}
