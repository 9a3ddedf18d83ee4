import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The token that calls of a session carry besides its cookie. It follows from the cookie's value, so that nothing is kept
 * for it, and whoever cannot read the cookie cannot make it.
 */
export function csrfTokenOf(cookie: string): string {
  return createHmac('sha256', cookie).update('cordon console csrf').digest('base64url');
}

/** Compares in constant time. */
export function csrfMatches(cookie: string, offered: string): boolean {
  const wanted = Buffer.from(csrfTokenOf(cookie));
  const given = Buffer.from(offered);
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}
