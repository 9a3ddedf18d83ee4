import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { WireChange } from '../../../src/contract/console.ts';
import { refreshActions } from '../actions/refresh.ts';
import { refreshMachines } from '../machines/refresh.ts';
import { whenPainted } from '../parts/painted.ts';
import { notOfSession, useSession } from '../session/session.ts';
import { call } from '../wire/call.ts';
import { type Changes, coalescer } from './coalesce.ts';
import { setLiveState } from './live-state.ts';
import { hearServer } from './stream.ts';
import { hearTogether } from './together.ts';
import { tell } from './told.ts';
import { whileVisible } from './while-visible.ts';

/** Keeps what the pages have read in step with the server, as long as somebody is signed in. */
export function useLive(): void {
  const client = useQueryClient();
  const { ended } = useSession();
  useEffect(() => {
    if (ended) {
      setLiveState('reconnecting');
      return;
    }
    const changes = coalescer(
      (changed) => refresh(client, changed),
      sleep,
      () => performance.now(),
    );
    const hearing = {
      onBegin: () => void begin(client),
      onChange: (change: WireChange) => {
        changes.add(change);
        tell(change);
      },
      onReload: changes.addAll,
      onState: setLiveState,
      // An answer of 401 asks the person to sign in again; any other leaves all as it is.
      onEnd: () => void call('/cordon/v1/session', { background: true }).catch(() => {}),
    };
    let stop = whenPainted(() => {
      stop = whileVisible(
        () => hearTogether(hearing, hearServer),
        () => setLiveState('reconnecting'),
      );
    });
    return () => {
      stop();
      changes.stop();
    };
  }, [client, ended]);
}

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** What was read before changes were told is read again; the fleet waits for that by itself, and what is just being read is new. */
const begin = (client: QueryClient): Promise<void> =>
  client.invalidateQueries({ predicate: notOfSession, fetchStatus: 'idle' }, { cancelRefetch: false });

async function refresh(client: QueryClient, changes: Changes): Promise<void> {
  if (changes.everything) {
    await client.invalidateQueries({ predicate: notOfSession });
    return;
  }
  // A failed reading is made up for by the next one of everything.
  await Promise.allSettled([
    refreshMachines(client, [...changes.machines]),
    refreshActions(client, changes.actions),
    ...[...changes.machines].map((id) => client.invalidateQueries({ queryKey: ['machine', id] })),
  ]);
}
