import { QueryClient } from '@tanstack/react-query';
import { loadPage, SignInPage } from './entrance.ts';
import { readFirst } from './machines/read.ts';
import { FLEET_KEY } from './machines/refresh.ts';
import { METHODS_KEY, readMethods, readSession, SESSION_KEY } from './session/session.ts';
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
const PATIENCE = 500;
const MACHINES = /^\/console(?:\/|\/machines)?$/;

/**
 * Reads who is signed in and, on the page of machines, its first rows, at the same time, and then loads the pages or the way in:
 * what is drawn first has all of it. The browser has asked for it already, where the server named it in the head of the page.
 */
export async function readAhead(client: QueryClient, path: string): Promise<void> {
  // From a turn of its own: a call remembers where it was made, which is sought in the whole script while that runs.
  await null;
  const session = client.prefetchQuery({ queryKey: SESSION_KEY, queryFn: readSession, staleTime: Infinity });
  const parts = session
    .then(() =>
      client.getQueryData(SESSION_KEY) === null
        ? Promise.all([
            SignInPage.load(),
            client.prefetchQuery({ queryKey: METHODS_KEY, queryFn: readMethods }),
          ])
        : loadPage(path),
    )
    // What could not be loaded is asked for again where it is shown.
    .catch(() => {});
  const rows = MACHINES.test(path)
    ? readFirst().then(
        // As old as can be, so that the page reads all of it.
        (fleet) => void client.setQueryData(FLEET_KEY, fleet, { updatedAt: 0 }),
        // Nobody is signed in, or the page finds out by itself what is wrong.
        () => {},
      )
    : null;
  const late = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE));
  await Promise.race([Promise.all([parts, rows]), late]);
}
