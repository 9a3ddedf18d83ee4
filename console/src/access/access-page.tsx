import { Link, Redirect, Route, Switch } from 'wouter';
import type { OperationId } from '../../../src/contract/operations.ts';
import { Empty } from '../parts/empty.tsx';
import { PageHeading } from '../parts/page-heading.tsx';
import { useTitle } from '../parts/title.ts';
import { useMay } from '../session/session.ts';
import { Applications } from './applications.tsx';
import { EnrolmentTokens } from './enrolment-tokens.tsx';
import { Groups } from './groups.tsx';
import { Roles } from './roles.tsx';

const PARTS: readonly {
  readonly path: string;
  readonly title: string;
  readonly needs: OperationId;
  readonly page: () => React.ReactNode;
}[] = [
  { path: 'applications', title: 'Applications', needs: 'listApplications', page: Applications },
  { path: 'roles', title: 'Roles', needs: 'listRoles', page: Roles },
  { path: 'groups', title: 'Device groups', needs: 'listGroups', page: Groups },
  {
    path: 'enrolment-tokens',
    title: 'Enrolment tokens',
    needs: 'listEnrolmentTokens',
    page: EnrolmentTokens,
  },
];

/** Who and what has access. */
export function AccessPage() {
  useTitle('Access');
  const may = useMay();
  const parts = PARTS.filter(({ needs }) => may(needs));
  const first = parts[0];
  if (first === undefined) return <Empty title="You may not see who has access." alone />;
  return (
    <div className="page access-page">
      <PageHeading>Access</PageHeading>
      <nav className="tabs" aria-label="Access">
        {parts.map(({ path, title }) => (
          <Link
            key={path}
            href={`/access/${path}`}
            aria-current={location.pathname.endsWith(`/${path}`) ? 'page' : undefined}
          >
            {title}
          </Link>
        ))}
      </nav>
      <Switch>
        {parts.map(({ path, page }) => (
          <Route key={path} path={`/access/${path}`} component={page} />
        ))}
        <Route>
          <Redirect to={`/access/${first.path}`} replace />
        </Route>
      </Switch>
    </div>
  );
}
