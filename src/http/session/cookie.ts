import { SESSION_COOKIES, SESSION_LIMITS } from '../../contract/console.ts';

/** The session's cookie at one public address. */
export interface SessionCookie {
  /** Its value in a `Cookie` header, null when there is none. */
  read(header: string | undefined): string | null;
  /** `Set-Cookie` that begins a session. */
  begin(value: string): string;
  /** `Set-Cookie` that removes it. */
  end(): string;
}

/**
 * Over https the name promises that no other host or path can have set it. A cookie is sent to the same site only, so
 * that no page elsewhere acts with it; and no script reads it.
 */
export function sessionCookie(publicUrl: string): SessionCookie {
  const secure = publicUrl.startsWith('https:');
  const name = secure ? SESSION_COOKIES.secure : SESSION_COOKIES.plain;
  const written = (value: string, seconds: number) =>
    `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  return {
    read: (header) => cookieOf(header, name),
    begin: (value) => written(value, SESSION_LIMITS.longest / 1000),
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
