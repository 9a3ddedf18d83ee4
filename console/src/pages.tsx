import { useQueryClient } from '@tanstack/react-query';
import { Suspense, useEffect, useRef } from 'react';
import { Redirect, Route, Router, Switch, useLocation } from 'wouter';
import { decoded } from '../../src/contract/decoded.ts';
import { AccessPage, ActionsPage, MachinePage } from './entrance.ts';
import { useLive } from './live/use-live.ts';
import { MachinesPage } from './machines/machines-page.tsx';
import { Boundary } from './parts/boundary.tsx';
import { Empty } from './parts/empty.tsx';
import { loadRest, whenIdle } from './parts/late.ts';
import { focusOnPage } from './parts/page-heading.tsx';
import { Shell } from './shell/shell.tsx';

/** The pages of who is signed in, and what is around them. */
export function Pages() {
  return (
    <Router base="/console">
      <Routed />
    </Router>
  );
}

function Routed() {
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
  const opened = useRef(page);
  useEffect(() => {
    // The heading of the first one takes the focus by itself, once it is on the screen.
    if (opened.current !== page) focusOnPage();
    opened.current = page;
  }, [page]);
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
