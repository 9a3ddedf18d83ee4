import { useQuery } from '@tanstack/react-query';
import { type ReactNode, Suspense } from 'react';
import { Link, useLocation } from 'wouter';
import { LiveMark } from '../live/live-mark.tsx';
import { followed } from '../outcome/followed.ts';
import { useKeptFollowed } from '../outcome/keeping.ts';
import { Announcer } from '../parts/announce.tsx';
import { Button } from '../parts/button.tsx';
import { late } from '../parts/late.ts';
import { Text } from '../parts/text.tsx';
import { METHODS_KEY, readMethods, useMay, useSession } from '../session/session.ts';
import { Brand } from './brand.tsx';
import { THEMES, useTheme } from './theme.ts';

const Outcomes = late(() => import('../outcome/outcomes.tsx').then((all) => all.Outcomes));

const THEME_ICONS = { system: 'half', light: 'sun', dark: 'moon' } as const;

/** What is around every page: where one can go, whether what is shown is live, who is signed in. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const may = useMay();
  const { session, leave } = useSession();
  const [theme, setTheme] = useTheme();
  useKeptFollowed(session.principal);
  const following = followed.use().length > 0;
  const nextTheme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
  return (
    <div className="shell">
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <header className="bar">
        <Link href="/machines" className="home" aria-label="Cordon, machines">
          <Brand />
        </Link>
        <nav aria-label="Pages">
          <Tab href="/machines">Machines</Tab>
          <Tab href="/actions">Action center</Tab>
          {may('listApplications') || may('listEnrolmentTokens') ? <Tab href="/access">Access</Tab> : null}
        </nav>
        <div className="tools">
          <EmulatorLink />
          <LiveMark />
          <Button
            look="quiet"
            icon={THEME_ICONS[theme]}
            aria-label={`Colours: ${theme}. Change to ${nextTheme}`}
            onPress={() => setTheme(nextTheme)}
          />
          <span className="person" title={session.principal}>
            <Text value={session.name} />
          </span>
          <Button look="quiet" icon="out" aria-label="Sign out" onPress={leave} />
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <div className="below">
        <Announcer />
        {following ? (
          <Suspense>
            <Outcomes />
          </Suspense>
        ) : null}
      </div>
    </div>
  );
}

/** To the faults, the clock and the journal, where the server is an emulator. */
function EmulatorLink() {
  const { data } = useQuery({ queryKey: METHODS_KEY, queryFn: readMethods, staleTime: Infinity });
  return data?.emulator === true ? (
    <a className="emulator" href="/cordon/emulator">
      Emulator
    </a>
  ) : null;
}

function Tab({ href, children }: { readonly href: string; readonly children: string }) {
  const [path] = useLocation();
  const here = path === href || path.startsWith(`${href}/`);
  return (
    <Link href={href} aria-current={here ? 'page' : undefined}>
      {children}
    </Link>
  );
}
