import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload } from 'jose';
import { CordonError } from '../../domain/error.ts';

/** Longest Authorization header that is looked at, in characters. */
const LONGEST = 16_384;

/** Seconds by which clocks of issuers may differ from ours. */
export const CLOCK_TOLERANCE = 60;

/** Signature algorithms that are ever accepted: never `none`, never one with a shared secret. */
export const ACCEPTED_ALGORITHMS = ['RS256', 'PS256', 'ES256'];

/** `typ` of an access token: absent, `JWT`, or RFC 9068's `at+jwt`. */
const ACCEPTED_TYPES: ReadonlySet<string> = new Set(['jwt', 'at+jwt', 'application/at+jwt']);

/** A token that was taken apart; nothing in it is proven. */
export interface UnverifiedToken {
  readonly text: string;
  readonly kid: string | null;
  readonly payload: JWTPayload;
}

/** The one refusal of a token: its message tells the caller what is wrong, and nothing that only we know. */
export function refused(message: string, cause?: unknown): CordonError {
  return new CordonError('Unauthorized', message, cause === undefined ? {} : { cause });
}

/**
 * The token text of an `Authorization` header.
 * @throws CordonError `Unauthorized`
 */
export function bearerToken(authorization: string | undefined): string {
  if (authorization === undefined || authorization.trim() === '') {
    throw refused(
      'The request has no access token: send the header Authorization: Bearer {token}, or sign in to the console.',
    );
  }
  if (authorization.length > LONGEST) throw refused('The access token is too long.');
  const found = /^bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(authorization);
  if (found === null) throw refused('The Authorization header is not of the form Bearer {token}.');
  return found[1] as string;
}

/**
 * Takes a token apart and checks what needs no key. Keys that a header offers (`jwk`, `jku`, `x5u`, `x5c`) are never
 * looked at.
 * @throws CordonError `Unauthorized`
 */
export function readToken(text: string): UnverifiedToken {
  const parts = text.split('.').length;
  if (parts === 5) throw refused('Encrypted access tokens are not accepted.');
  if (parts !== 3) throw refused('The access token is not a JSON web token.');
  const header = decoded(() => decodeProtectedHeader(text));
  const payload = decoded(() => decodeJwt(text));
  if (!ACCEPTED_ALGORITHMS.includes(header.alg ?? '')) {
    throw refused('The signature algorithm of the access token is not accepted.');
  }
  if (
    header.typ !== undefined &&
    !(typeof header.typ === 'string' && ACCEPTED_TYPES.has(header.typ.toLowerCase()))
  ) {
    throw refused('The token is not an access token.');
  }
  if (header.crit !== undefined)
    throw refused('The access token asks for extensions that are not supported.');
  if (header.kid !== undefined && typeof header.kid !== 'string')
    throw refused('The access token is malformed.');
  return { text, kid: header.kid ?? null, payload };
}

function decoded<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw refused('The access token is malformed.', cause);
  }
}

const CLAIM_MESSAGES: Readonly<Record<string, string>> = {
  nbf: 'The access token is not valid yet.',
  iss: 'The issuer of the access token is not accepted.',
  aud: 'The audience of the access token is not this server.',
  exp: 'The access token has no valid expiry time.',
};

const KEY_MESSAGE = 'The signature of the access token cannot be verified: no key of its issuer fits.';

const MESSAGES: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: 'The access token has expired.',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'The signature of the access token is not valid.',
  ERR_JWKS_NO_MATCHING_KEY: KEY_MESSAGE,
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: KEY_MESSAGE,
  ERR_JOSE_ALG_NOT_ALLOWED: 'The signature algorithm of the access token is not accepted.',
};

/** What verification found wrong, as a refusal; faults that are not the token's pass through. */
export function refusalOf(error: unknown): unknown {
  if (error instanceof CordonError) return error;
  if (error instanceof errors.JWTClaimValidationFailed) {
    return refused(CLAIM_MESSAGES[error.claim] ?? 'A claim of the access token is not acceptable.', error);
  }
  if (error instanceof errors.JOSEError) {
    return refused(MESSAGES[error.code] ?? 'The access token is malformed.', error);
  }
  // A key that does not fit the algorithm of the header.
  if (error instanceof TypeError) return refused(KEY_MESSAGE, error);
  return error;
}

/** A claim that is text and not empty, else null. */
export function textClaim(payload: JWTPayload, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = payload[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}

/** A claim that is a list of texts; anything else in it is left out. */
export function listClaim(payload: JWTPayload, name: string): readonly string[] {
  const value = payload[name];
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
}
