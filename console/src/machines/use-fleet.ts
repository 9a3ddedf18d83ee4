import { useQuery, useQueryClient } from '@tanstack/react-query';
import { liveState, useLiveState } from '../live/live-state.ts';
import { pollingPace } from '../live/pace.ts';
import { useSession } from '../session/session.ts';
import { type Fleet, readFleet } from './read.ts';
import { caughtUp, FLEET_KEY } from './refresh.ts';

/** All machines that the person sees, kept up to date. */
export function useFleet() {
  const client = useQueryClient();
  const { ended } = useSession();
  useLiveState();
  return useQuery<Fleet>({
    queryKey: FLEET_KEY,
    queryFn: async ({ signal }) => {
      const before = client.getQueryData<Fleet>(FLEET_KEY);
      const partial = (fleet: Fleet) => {
        if (before === undefined) client.setQueryData(FLEET_KEY, fleet);
      };
      return caughtUp(await readFleet(partial, { signal, background: before !== undefined }));
    },
    enabled: !ended,
    staleTime: 20_000,
    // Comparing ten thousand rows deeply costs more than drawing the forty that are on the screen.
    structuralSharing: false,
    refetchInterval: ({ state }) => pollingPace(liveState(), state.data?.took ?? 0),
  });
}
