import type { FastifyInstance } from 'fastify';
import type { WireSignIn } from '../contract/console.ts';
import { consoleRoutes } from '../http/console/routes.ts';
import { sessionRoutes } from '../http/session/routes.ts';
import { createSessionGate, type SessionGate } from '../http/session/session-gate.ts';
import type { Access } from '../service/access.ts';
import type { Clock } from '../service/clock.ts';
import type { Log } from '../service/log.ts';
import { type ConsoleLinks, createConsoleLinks } from '../service/sessions/links.ts';
import { createSessions, type Sessions } from '../service/sessions/sessions.ts';
import { createSignIn } from '../service/sessions/sign-in.ts';
import type { Failures } from '../service/tokens/failures.ts';
import type { Passwords } from '../service/tokens/passwords.ts';
import type { AccessStore, SessionStore } from '../store/port.ts';

/** People at the console, as the server's other parts need them. */
export interface Console {
  readonly sessions: Sessions;
  readonly links: ConsoleLinks;
  readonly gate: SessionGate;
  /** Adds the addresses of signing in and the pages. */
  routes(app: FastifyInstance): void;
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
  /** Where the built pages lie; their usual place when left out. */
  readonly folder: string | undefined;
  readonly log: Log;
}): Console {
  const { store, publicUrl, access, passwords, log } = options;
  const sessions = createSessions(options);
  const links = createConsoleLinks(options);
  const gate = createSessionGate(sessions, publicUrl);
  const signIn = createSignIn({ ...options, links });

  const ways = async (): Promise<WireSignIn> => {
    const tenants = await store.tenants();
    return {
      methods: passwords === null ? ['link'] : ['password', 'link'],
      tenant: tenants.length === 1 ? (tenants[0]?.name ?? null) : null,
      emulator: passwords !== null,
    };
  };

  return {
    sessions,
    links,
    gate,
    routes(app) {
      sessionRoutes(app, { sessions, gate, signIn, access, ways, publicUrl, log });
      consoleRoutes(app, options.folder);
    },
  };
}
