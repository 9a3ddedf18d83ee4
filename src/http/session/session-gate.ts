import type { FastifyReply, FastifyRequest } from 'fastify';
import { BACKGROUND_HEADER } from '../../contract/console.ts';
import type { Caller } from '../../domain/caller.ts';
import type { FoundSession, Sessions } from '../../service/sessions/sessions.ts';
import { type SessionCookie, sessionCookie } from './cookie.ts';
import { requireCsrfToken, requireOwnPage } from './own-page.ts';

/** Methods that change nothing, which a page elsewhere may cause as well. */
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);

export interface SessionGate {
  /** Who calls by the cookie of a session; null where there is no such cookie. @throws CordonError */
  callerOf(request: FastifyRequest, reply: FastifyReply): Promise<Caller | null>;
  /**
   * The session of a call, with its cookie; null where there is no cookie.
   * @param use whether the call keeps the session, where it does not itself say that a page made it unasked
   * @throws CordonError `Unauthorized`
   */
  sessionOf(
    request: FastifyRequest,
    use?: 'used' | 'looked at',
  ): Promise<(FoundSession & { readonly cookie: string }) | null>;
  cookie(): SessionCookie;
}

/** The first gate of a call without an `Authorization` header. */
export function createSessionGate(sessions: Sessions, publicUrl: () => string): SessionGate {
  // Made when it is first needed: the public address may only be known once the server listens.
  let made: SessionCookie | null = null;
  const cookie = (): SessionCookie => {
    made ??= sessionCookie(publicUrl());
    return made;
  };

  const sessionOf: SessionGate['sessionOf'] = async (request, use = 'used') => {
    const value = cookie().read(request.headers.cookie);
    if (value === null) return null;
    if (!READING.has(request.method)) {
      requireOwnPage(request, publicUrl());
      requireCsrfToken(request, value);
    }
    const unasked = request.headers[BACKGROUND_HEADER] !== undefined;
    return { ...(await sessions.find(value, unasked ? 'looked at' : use)), cookie: value };
  };

  return {
    cookie,
    sessionOf,
    async callerOf(request, reply) {
      const found = await sessionOf(request);
      if (found === null) return null;
      reply.header('cache-control', 'no-store');
      return found.caller;
    },
  };
}
