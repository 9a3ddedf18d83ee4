import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { ACTION_TITLES, ENDS, endedInVain } from '../control/words.ts';
import { useLiveState } from '../live/live-state.ts';
import { pollingPace } from '../live/pace.ts';
import { whenChanged } from '../live/told.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Text } from '../parts/text.tsx';
import { useMay, useSession } from '../session/session.ts';
import { counted } from '../text/count.ts';
import { spelledOut } from '../text/visible.ts';
import { addressOfMissed, isOver, missedOf, sumOf, withEnds } from './ends.ts';
import { type Followed, followed } from './followed.ts';
import { readEnds, readReason } from './read.ts';

/** Milliseconds until ends are asked for that were told before their request was answered. */
const SOON = 2_000;

/** What came of what was asked for in this tab: each request by itself, until it is closed. */
export function Outcomes() {
  const { session, ended } = useSession();
  const requests = followed.use().filter(({ principal }) => principal === session.principal);
  const pace = pollingPace(useLiveState(), 0);
  useEffect(
    () =>
      whenChanged(({ actionId: id, status }) => {
        if (id !== null && status !== null) followed.set(withEnds(followed.get(), [{ id, status }]));
      }),
    [],
  );
  // Ends are told; those that were not heard of are asked for.
  useQuery({
    queryKey: ['outcomes', ...requests.map(({ id }) => id)],
    queryFn: ({ signal }) => readEnds(signal),
    enabled: !ended && requests.some((request) => !isOver(request)),
    initialData: null,
    staleTime: Infinity,
    refetchInterval: ({ state }) => (state.dataUpdateCount === 0 ? SOON : pace),
  });
  return (
    <section className="outcomes" aria-label="What came of it">
      <ul>
        {requests.map((request) => (
          <Outcome key={request.id} request={request} />
        ))}
      </ul>
    </section>
  );
}

function Outcome({ request }: { readonly request: Followed }) {
  const one = request.machines.size === 1;
  const { reason, waits } = useReason(request);
  const over = isOver(request) && !waits;
  // Screen readers tell what comes into a place that was there before.
  const [told, setTold] = useState(false);
  useEffect(() => setTold(over), [over]);
  const missed = missedOf(request);
  const close = () => {
    followed.set(followed.get().filter(({ id }) => id !== request.id));
    // The button that had the focus is gone.
    document.getElementById('content')?.focus({ preventScroll: true });
  };
  return (
    <li className={one && !over ? 'unseen' : missed > 0 ? 'missed' : over ? 'good' : undefined}>
      <Icon name={missed > 0 ? 'warning' : over ? 'check' : 'clock'} />
      <div>
        {/* Stays in reach of screen readers while a dialog is open. */}
        <p role="status" data-live-announcer="true">
          {told ? one ? <OfOne request={request} reason={reason} /> : `${sumOf(request)}.` : null}
        </p>
        {one || over ? null : <p>{sumOf(request)}</p>}
        {one || missed === 0 ? null : (
          <Link href={addressOfMissed(request)}>Show {counted(missed, 'action')} in the action center</Link>
        )}
      </div>
      {one && !over ? null : (
        <Button
          look="quiet"
          icon="cross"
          aria-label={`Close the notice of ${whereOf(request)}`}
          onPress={close}
        />
      )}
    </li>
  );
}

/** "ws-001", "3 machines" */
const whereOf = ({ machines }: Followed): string => {
  const [machine] = machines.values();
  return machines.size === 1 ? spelledOut(machine?.name ?? '') : counted(machines.size, 'machine');
};

/** "Restrict app execution failed on ws-001: the device could not …" */
function OfOne({ request, reason }: { readonly request: Followed; readonly reason: string }) {
  const [machine] = request.machines.values();
  const [status] = request.ends.values();
  const words = status === 'Succeeded' ? 'is proven' : ENDS[status!];
  return (
    <>
      {ACTION_TITLES[request.type]} {words} on{' '}
      <Link href={`/machines/${machine!.id}`}>
        <Text value={machine!.name} clip />
      </Link>
      {reason === '' ? null : (
        <>
          : <Text value={reason} />
        </>
      )}
      .
    </>
  );
}

/** Why the action of a single machine failed. It is waited for, so that nothing is told twice. */
function useReason(request: Followed): { readonly reason: string; readonly waits: boolean } {
  const may = useMay();
  const [id] = request.machines.keys();
  const status = request.machines.size === 1 ? request.ends.get(id!) : undefined;
  const wanted = status !== undefined && endedInVain(status) && may('getActionHistory');
  const { data, isPending } = useQuery({
    queryKey: ['reason', id],
    queryFn: () => readReason(id!, status!),
    enabled: wanted,
    staleTime: Infinity,
    gcTime: Infinity,
  });
  return { reason: data ?? '', waits: wanted && isPending };
}
