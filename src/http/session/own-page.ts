import type { FastifyRequest } from 'fastify';
import { CSRF_HEADER } from '../../contract/console.ts';
import { CordonError } from '../../domain/error.ts';
import { csrfMatches } from '../../service/sessions/csrf.ts';

/**
 * Lets a call through that a page of this server makes. Browsers say in `Sec-Fetch-Site` where a call comes from and let
 * no page change it; older ones have `Origin` alone.
 * @throws CordonError `Forbidden`
 */
export function requireOwnPage({ headers }: FastifyRequest, publicUrl: string): void {
  const site = headers['sec-fetch-site'];
  const own = site === undefined ? headers.origin === new URL(publicUrl).origin : site === 'same-origin';
  if (own) return;
  throw new CordonError(
    'Forbidden',
    `The call does not come from a page of this server: its Origin must be ${new URL(publicUrl).origin}.`,
  );
}

/** @throws CordonError `Forbidden` where the call does not carry the session's CSRF token */
export function requireCsrfToken({ headers }: FastifyRequest, cookie: string): void {
  const offered = headers[CSRF_HEADER];
  if (typeof offered === 'string' && csrfMatches(cookie, offered)) return;
  throw new CordonError(
    'Forbidden',
    'A call with the cookie of a session needs the header X-Cordon-CSRF with the csrfToken of GET /cordon/v1/session.',
  );
}
