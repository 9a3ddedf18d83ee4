import { useQuery, useQueryClient } from '@tanstack/react-query';
import { liveState, useLiveState, whenTold } from '../live/live-state.ts';
import { pollingPace } from '../live/pace.ts';
import { useSession } from '../session/session.ts';
import { mergeRows } from './merge.ts';
import { type Fleet, readFirst, readFleet } from './read.ts';
import { caughtUp, FLEET_KEY } from './refresh.ts';

/** Milliseconds for which reading the whole fleet waits for changes to be told. */
const PATIENCE = 1_000;

/** All machines that the person sees, kept up to date: the first of them at once, the others when they have come. */
export function useFleet() {
  const client = useQueryClient();
  const { ended } = useSession();
  useLiveState();
  return useQuery<Fleet>({
    queryKey: FLEET_KEY,
    queryFn: async ({ signal }) => {
      const before = client.getQueryData<Fleet>(FLEET_KEY);
      const show = (fleet: Fleet) => {
        if (before?.complete === true) return;
        // Pages come in an order of their own: what was first stays.
        client.setQueryData<Fleet>(FLEET_KEY, (shown) =>
          shown === undefined
            ? fleet
            : { ...fleet, rows: mergeRows(shown.rows, [], fleet.rows), first: shown.first },
        );
      };
      if (before === undefined) show(await readFirst());
      // What changes from then on is told, so that nothing is missed between the two; and the first rows are drawn meanwhile.
      await whenTold(PATIENCE);
      return caughtUp(await readFleet(show, { signal, background: before !== undefined }));
    },
    enabled: !ended,
    staleTime: 20_000,
    // Comparing ten thousand rows deeply costs more than drawing the forty that are on the screen.
    structuralSharing: false,
    refetchInterval: ({ state }) => pollingPace(liveState(), state.data?.took ?? 0),
  });
}
