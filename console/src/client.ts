import { QueryClient } from '@tanstack/react-query';
import { readFirst } from './machines/read.ts';
import { FLEET_KEY } from './machines/refresh.ts';
import { readSession, SESSION_KEY } from './session/session.ts';
import { asProblem, isPassing } from './wire/problem.ts';

export function createClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // What is refused stays refused; a server that does not answer is asked again by the intervals of the pages.
        retry: (failures, error) => failures < 2 && isPassing(asProblem(error)),
        retryDelay: (failures) => 500 * 2 ** failures,
        networkMode: 'always',
      },
    },
  });
}

/** Milliseconds for which nothing is drawn while the first answers are under way. */
const PATIENCE = 300;
const MACHINES = /^\/console(?:\/|\/machines)?$/;

/**
 * Reads who is signed in and, on the page of machines, its first rows, at the same time: what is drawn first has both. The
 * browser has asked for them already, where the server named them in the head of the page.
 */
export async function readAhead(client: QueryClient, path: string): Promise<void> {
  const session = client.prefetchQuery({ queryKey: SESSION_KEY, queryFn: readSession, staleTime: Infinity });
  const rows = MACHINES.test(path)
    ? readFirst().then(
        // As old as can be, so that the page reads all of it.
        (fleet) => void client.setQueryData(FLEET_KEY, fleet, { updatedAt: 0 }),
        // Nobody is signed in, or the page finds out by itself what is wrong.
        () => {},
      )
    : null;
  const late = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE));
  await Promise.race([Promise.all([session, rows]), late]);
}
