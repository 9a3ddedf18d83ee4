import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { WireSignIn } from '../contract/console.ts';
import { BUILT_CONSOLE, consoleRoutes } from '../http/console/routes.ts';
import { openIdConnectRoutes } from '../http/session/open-id-connect.ts';
import { sessionRoutes } from '../http/session/routes.ts';
import { createSessionGate, type SessionGate } from '../http/session/session-gate.ts';
import type { Access } from '../service/access.ts';
import type { Feed } from '../service/changes/feed.ts';
import type { Clock } from '../service/clock.ts';
import type { Log } from '../service/log.ts';
import { type ConsoleLinks, createConsoleLinks } from '../service/sessions/links.ts';
import type { ConsoleProvider, OpenIdConnect } from '../service/sessions/open-id-connect.ts';
import { createSessions, type Sessions } from '../service/sessions/sessions.ts';
import { createSignIn } from '../service/sessions/sign-in.ts';
import type { Failures } from '../service/tokens/failures.ts';
import type { Passwords } from '../service/tokens/passwords.ts';
import type { AccessStore, SessionStore } from '../store/port.ts';

/** Whether the console is built, so that there are pages to be shown. */
export const isConsoleBuilt = (): boolean => existsSync(join(BUILT_CONSOLE, 'index.html'));

/** People at the console, as the server's other parts need them. */
export interface Console {
  readonly sessions: Sessions;
  readonly links: ConsoleLinks;
  readonly gate: SessionGate;
  /** Adds the addresses of signing in and the pages. */
  routes(app: FastifyInstance, feed: Pick<Feed, 'check'>): void;
}

export function createConsole(options: {
  readonly store: SessionStore & Pick<AccessStore, 'tenants'>;
  readonly clock: Clock;
  readonly publicUrl: () => string;
  readonly bytes: (length: number) => Uint8Array;
  readonly access: Access;
  /** Null where no user has a password. */
  readonly passwords: Passwords | null;
  readonly failures: Failures;
  /** Where people sign in; null where they do with a link. */
  readonly provider: ConsoleProvider | null;
  /** Where the built pages lie; their usual place when left out. */
  readonly folder: string | undefined;
  readonly log: Log;
}): Console {
  const { store, clock, publicUrl, access, passwords, provider, failures, log } = options;
  const sessions = createSessions(options);
  const links = createConsoleLinks(options);
  const gate = createSessionGate(sessions, publicUrl);
  const signIn = createSignIn({ ...options, links });

  let signingIn: Promise<OpenIdConnect> | null = null;
  const openIdConnect = (at: ConsoleProvider) => (): Promise<OpenIdConnect> => {
    // No start waits for a package that few installations use.
    signingIn ??= import('../service/sessions/open-id-connect.ts').then(({ createOpenIdConnect }) =>
      createOpenIdConnect({ provider: at, publicUrl, milliseconds: clock.milliseconds, log }),
    );
    return signingIn;
  };

  const ways = async (): Promise<WireSignIn> => {
    const tenants = await store.tenants();
    return {
      methods: provider !== null ? ['openIdConnect'] : passwords === null ? ['link'] : ['password', 'link'],
      tenant: tenants.length === 1 ? (tenants[0]?.name ?? null) : null,
      emulator: passwords !== null,
    };
  };

  return {
    sessions,
    links,
    gate,
    routes(app, feed) {
      sessionRoutes(app, { sessions, gate, signIn, access, ways, publicUrl, signedOut: feed.check, log });
      openIdConnectRoutes(app, {
        sessions,
        gate,
        publicUrl,
        log,
        failures,
        provider: provider === null ? null : openIdConnect(provider),
      });
      consoleRoutes(app, {
        folder: options.folder,
        mayBeSignedIn: ({ headers }) => gate.cookie().read(headers.cookie) !== null,
      });
    },
  };
}
