import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, Suspense, useEffect, useMemo, useState } from 'react';
import type { WireSession } from '../../../src/contract/console.ts';
import { SignInPage } from '../entrance.ts';
import { forgetFollowed } from '../outcome/followed.ts';
import { Empty } from '../parts/empty.tsx';
import { late } from '../parts/late.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { whenSessionEnds } from '../wire/call.ts';
import { keepAlive } from './activity.ts';
import {
  neighbours,
  notOfSession,
  readSession,
  type Said,
  SESSION_KEY,
  SessionContext,
  signOut,
} from './session.ts';

const SignInAgain = late(() => import('./sign-in-again.tsx').then((all) => all.SignInAgain));

function goAway(): void {
  forgetFollowed();
  location.assign('/console/sign-in');
}

/**
 * Shows the pages to who is signed in. When a session ends the page stays as it is, with all that was typed, below the
 * question to sign in again.
 */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: SESSION_KEY,
    queryFn: readSession,
    staleTime: Infinity,
  });
  const [known, setKnown] = useState<WireSession | null>(null);
  /** The session that an answer said to be over; another one is not. */
  const [over, setOver] = useState<WireSession | null>(null);
  const ended = known !== null && over === known;

  if (data != null && data !== known) {
    // Another person sees other machines: nothing of the one before is kept.
    if (known !== null && known.principal !== data.principal)
      client.removeQueries({ predicate: notOfSession });
    setKnown(data);
  }

  useEffect(() => whenSessionEnds(() => setOver(known)), [known]);
  useEffect(() => {
    const look = ({ data: said }: MessageEvent<Said>) => {
      // Who signs out leaves nothing to be read in any tab; the page is kept only for a session that ended by itself.
      if (said === 'signed out') goAway();
      else void refetch();
    };
    neighbours.addEventListener('message', look);
    const stop = keepAlive();
    return () => {
      neighbours.removeEventListener('message', look);
      stop();
    };
  }, [refetch]);

  const state = useMemo(
    () =>
      known === null
        ? null
        : {
            session: known,
            ended,
            leave: () => {
              signOut().then(goAway, goAway);
            },
          },
    [known, ended],
  );

  if (state === null) {
    const opening = <Empty title="Opening the console …" />;
    if (data === null) {
      return (
        <Suspense fallback={opening}>
          <SignInPage onEntered={() => void refetch()} />
        </Suspense>
      );
    }
    if (error === null) return opening;
    return (
      <main className="lonely">
        <ProblemNote error={error} what="The console cannot be opened." again={() => void refetch()} />
      </main>
    );
  }
  return (
    <SessionContext value={state}>
      {children}
      {ended ? (
        <Suspense>
          <SignInAgain
            name={state.session.name}
            onEntered={() => void refetch().then(() => client.invalidateQueries({ predicate: notOfSession }))}
          />
        </Suspense>
      ) : null}
    </SessionContext>
  );
}
