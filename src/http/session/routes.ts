import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_BODY, type WireSession, type WireSignIn } from '../../contract/console.ts';
import { wireTime } from '../../contract/time.ts';
import type { UserCaller } from '../../domain/caller.ts';
import { CordonError } from '../../domain/error.ts';
import type { Access } from '../../service/access.ts';
import type { Log } from '../../service/log.ts';
import { csrfTokenOf } from '../../service/sessions/csrf.ts';
import { rightsOf } from '../../service/sessions/rights.ts';
import type { FoundSession, Sessions } from '../../service/sessions/sessions.ts';
import type { Offered, ProvenPerson, SignIn } from '../../service/sessions/sign-in.ts';
import { ODATA_TYPE } from '../faults.ts';
import { requireBody } from '../schemas.ts';
import { requireOwnPage } from './own-page.ts';
import type { SessionGate } from './session-gate.ts';

export interface SessionRouteOptions {
  readonly sessions: Sessions;
  readonly gate: SessionGate;
  readonly signIn: SignIn;
  readonly access: Access;
  /** How people sign in at this server, asked at each call. */
  readonly ways: () => Promise<WireSignIn>;
  readonly publicUrl: () => string;
  /** Is told whose session has ended, for what listens on in it. */
  readonly signedOut: (caller: UserCaller) => Promise<void>;
  readonly log: Log;
}

const BODY_LIMIT = 4096;
const SESSION = '/cordon/v1/session';

/** Signing in and out. No session is needed to ask how, nor to begin one. */
export function sessionRoutes(app: FastifyInstance, options: SessionRouteOptions): void {
  const { sessions, gate, signIn, publicUrl } = options;

  app.get('/cordon/v1/signin', async (_request, reply) => answer(reply, await options.ways()));

  app.get(SESSION, async (request, reply) => {
    const found = await gate.sessionOf(request);
    if (found === null) throw notSignedIn();
    return answer(reply, await wireSession(found, found.cookie, options.access));
  });

  app.post(
    SESSION,
    { bodyLimit: BODY_LIMIT, schema: { body: SESSION_BODY }, preValidation: requireBody },
    async (request, reply) => {
      requireOwnPage(request, publicUrl());
      const begun = await beginSession(request, reply, options, () =>
        signIn.prove(request.body as Offered, request.ip),
      );
      reply.status(201);
      return answer(reply, await wireSession(begun, begun.cookie, options.access));
    },
  );

  app.delete(SESSION, async (request, reply) => {
    const found = await gate.sessionOf(request);
    if (found === null) throw notSignedIn();
    await sessions.end(found.cookie);
    await options.signedOut(found.caller);
    logged(options.log, request, found.caller, 'signed out');
    return reply
      .header('set-cookie', gate.cookie().end())
      .header('cache-control', 'no-store')
      .status(204)
      .send();
  });
}

/**
 * Lets a proven person in: always by a new cookie, whatever the browser had before, which ends.
 * @param prove what throws lets nobody in
 */
export async function beginSession(
  request: FastifyRequest,
  reply: FastifyReply,
  { sessions, gate, log }: Pick<SessionRouteOptions, 'sessions' | 'gate' | 'log'>,
  prove: () => Promise<ProvenPerson>,
): Promise<FoundSession & { readonly cookie: string }> {
  const { person, method } = await prove();
  const before = gate.cookie().read(request.headers.cookie);
  if (before !== null) await sessions.end(before);
  const begun = await sessions.begin(person, method);
  reply.header('set-cookie', gate.cookie().begin(begun.cookie));
  logged(log, request, begun.caller, 'signed in', method);
  return begun;
}

function logged(log: Log, request: FastifyRequest, user: UserCaller, message: string, method?: string): void {
  log.info(
    {
      correlation: request.id,
      tenant: user.tenantId,
      user: user.principal,
      ...(method === undefined ? {} : { method }),
    },
    message,
  );
}

function answer(reply: FastifyReply, value: object): FastifyReply {
  return reply
    .header('content-type', ODATA_TYPE)
    .header('cache-control', 'no-store')
    .send(JSON.stringify(value));
}

function notSignedIn(): CordonError {
  return new CordonError(
    'Unauthorized',
    'Nobody is signed in: sign in with POST /cordon/v1/session, or at /console/.',
  );
}

async function wireSession(
  { session, caller }: FoundSession,
  cookie: string,
  access: Access,
): Promise<WireSession> {
  const { rolePermissions, allowed, groups } = await rightsOf(caller, access);
  return {
    kind: 'user',
    name: caller.name,
    principal: caller.principal,
    tenantId: caller.tenantId,
    administrator: caller.administrator,
    rolePermissions: [...rolePermissions],
    allowed: [...allowed],
    groups: groups === null ? null : [...groups],
    csrfToken: csrfTokenOf(cookie),
    expiresAt: wireTime(session.expiresAt),
    idleUntil: wireTime(session.endsAt),
  };
}
