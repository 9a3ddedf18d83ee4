import { type QueryClient, QueryClientProvider, useQueryClient } from '@tanstack/react-query';
import { Suspense, useEffect } from 'react';
import { Redirect, Route, Router, Switch, useLocation } from 'wouter';
import { decoded } from '../../src/contract/decoded.ts';
import { useLive } from './live/use-live.ts';
import { MachinesPage } from './machines/machines-page.tsx';
import { Boundary } from './parts/boundary.tsx';
import { Empty } from './parts/empty.tsx';
import { late, loadRest, whenIdle } from './parts/late.ts';
import { focusOnPage } from './parts/page-heading.tsx';
import { SessionGate } from './session/gate.tsx';
import { Shell } from './shell/shell.tsx';

const MachinePage = late(() => import('./machine/machine-page.tsx').then((all) => all.MachinePage));
const ActionsPage = late(() => import('./actions/actions-page.tsx').then((all) => all.ActionsPage));
const AccessPage = late(() => import('./access/access-page.tsx').then((all) => all.AccessPage));

/** The console: who is signed in, what is around the pages, the pages. */
export function App({ client }: { readonly client: QueryClient }) {
  return (
    <QueryClientProvider client={client}>
      <SessionGate>
        <Router base="/console">
          <Pages />
        </Router>
      </SessionGate>
    </QueryClientProvider>
  );
}

function Pages() {
  useLive();
  const client = useQueryClient();
  useEffect(
    () =>
      whenIdle(
        () => void loadRest(),
        () => client.isFetching() === 0,
      ),
    [client],
  );
  const [path] = useLocation();
  // The parts of a page are one page.
  const page = path.startsWith('/access') ? '/access' : path;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the page that is opened decides
  useEffect(focusOnPage, [page]);
  return (
    <Shell>
      <Boundary key={path}>
        <Suspense fallback={<Empty title="Opening the page …" />}>
          <Switch>
            <Route path="/machines" component={MachinesPage} />
            <Route path="/machines/:id">
              {({ id }) => (decoded(id) === null ? <NotFound /> : <MachinePage key={id} id={id} />)}
            </Route>
            <Route path="/actions" component={ActionsPage} />
            <Route path="/access/*?">{() => <AccessPage />}</Route>
            <Route path="/signed-in">
              <Empty title="You are signed in. This window can be closed; the other one goes on." alone />
            </Route>
            <Route path="/sign-in">
              <Redirect to="/machines" replace />
            </Route>
            <Route path="/">
              <Redirect to="/machines" replace />
            </Route>
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </Suspense>
      </Boundary>
    </Shell>
  );
}

function NotFound() {
  return (
    <Empty title="There is no such page." alone>
      <p>
        <a href="/console/machines">To the machines</a>
      </p>
    </Empty>
  );
}
