import { SESSION_COOKIES, SESSION_LIMITS } from '../../contract/console.ts';

/** One cookie at one public address. */
export interface SessionCookie {
  /** Its value in a `Cookie` header, null when there is none. */
  read(header: string | undefined): string | null;
  /** `Set-Cookie` that sets it. */
  begin(value: string): string;
  /** `Set-Cookie` that removes it. */
  end(): string;
}

/** The session's cookie: sent to the same site only, so that no page elsewhere acts with it. */
export const sessionCookie = (publicUrl: string): SessionCookie =>
  cookieNamed(SESSION_COOKIES, publicUrl, 'Strict', SESSION_LIMITS.longest / 1000);

/** What the browser remembers while the person is at the identity provider, from where it comes back. */
export const memoryCookie = (publicUrl: string): SessionCookie =>
  cookieNamed(SIGN_IN_COOKIES, publicUrl, 'Lax', SIGN_IN_SECONDS);

const SIGN_IN_COOKIES = { secure: '__Host-cordon-signin', plain: 'cordon-signin' } as const;
const SIGN_IN_SECONDS = 600;

/** Over https the name promises that no other host or path can have set it. No script reads it. */
function cookieNamed(
  names: { readonly secure: string; readonly plain: string },
  publicUrl: string,
  site: 'Strict' | 'Lax',
  lifetime: number,
): SessionCookie {
  const secure = publicUrl.startsWith('https:');
  const name = secure ? names.secure : names.plain;
  const written = (value: string, seconds: number) =>
    `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=${site}${secure ? '; Secure' : ''}`;
  return {
    read: (header) => cookieOf(header, name),
    begin: (value) => written(value, lifetime),
    end: () => written('', 0),
  };
}

/** The first cookie of a name. */
export function cookieOf(header: string | undefined, name: string): string | null {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}
