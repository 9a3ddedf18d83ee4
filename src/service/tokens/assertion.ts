import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  importJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
} from 'jose';
import { instantFrom } from '../../contract/time.ts';
import type { Application, Tenant } from '../../domain/access-records.ts';
import type { AccessStore } from '../../store/port.ts';
import { hintFits, keyServes } from './application-key.ts';
import { ACCEPTED_ALGORITHMS, CLOCK_TOLERANCE } from './reading.ts';
import { type Refused, refuse } from './refusal.ts';

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Longest assertion that is looked at, in characters; one with a chain of certificates has some 8,000. */
const LONGEST = 16_384;
/** An assertion must be remembered until it expires, so it may not live longer than this. Milliseconds. */
const LONGEST_LIFE = 24 * 3_600_000;
const JTI_MAXIMUM = 512;

/** Token addresses and issuers of the vendor; clients made for it name them even when told another address. */
const VENDOR_AUDIENCE =
  /^https:\/\/(login\.(microsoftonline\.(com|us)|microsoft\.com)|login\.windows\.net|sts\.windows\.net)\/[^/]+(\/(oauth2\/)?(v2\.0\/)?token|\/v2\.0|\/)?$/i;

/** The client that an assertion is about; null when it says none. Proves nothing. */
export function clientOfAssertion(assertion: string): string | null {
  if (assertion.length > LONGEST) return null;
  try {
    const { sub } = decodeJwt(assertion);
    return typeof sub === 'string' && sub !== '' ? sub : null;
  } catch {
    return null;
  }
}

/** Every `aud` by which this server may be addressed for a tenant, in lower case. */
function ownAudiences(publicUrl: string, tenant: Tenant): readonly string[] {
  const paths = ['/oauth2/token', '/oauth2/v2.0/token', '/v2.0', '/', ''];
  const names = [tenant.id, tenant.name].flatMap((name) =>
    paths.map((path) => `${publicUrl}/${name}${path}`),
  );
  return [...names, publicUrl, `${publicUrl}/`].map((name) => name.toLowerCase());
}

export interface AssertionRequest {
  readonly assertion: string;
  readonly application: Application;
  readonly tenant: Tenant;
  readonly publicUrl: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * Checks a `private_key_jwt` client assertion (RFC 7523, section 3) and uses it up.
 * @returns null when it proves the application, else the refusal
 */
export async function checkAssertion(
  store: Pick<AccessStore, 'applicationKeys' | 'useAssertion'>,
  request: AssertionRequest,
): Promise<Refused | null> {
  const { assertion, application, tenant, publicUrl, at } = request;
  const bad = (reason: string) => refuse('badAssertion', reason);
  if (assertion.length > LONGEST) return bad('It is too long.');
  const verified = await verifySignature(store, request);
  if (typeof verified === 'string') return bad(verified);
  const names = [verified.iss, verified.sub].map((name) =>
    typeof name === 'string' ? name.toLowerCase() : '',
  );
  if (names.some((name) => name !== application.id)) return bad('Its iss and sub are not the client id.');
  const audiences = typeof verified.aud === 'string' ? [verified.aud] : (verified.aud ?? []);
  const own = ownAudiences(publicUrl, tenant);
  if (!audiences.some((name) => own.includes(name.toLowerCase()) || VENDOR_AUDIENCE.test(name))) {
    return bad('Its audience is not this token endpoint.');
  }
  const expiresAt = (verified.exp as number) * 1000;
  if (expiresAt > at + LONGEST_LIFE + CLOCK_TOLERANCE * 1000)
    return bad('It is valid for more than 24 hours.');
  const { jti } = verified;
  if (typeof jti !== 'string' || jti === '' || jti.length > JTI_MAXIMUM) return bad('It has no jti.');
  const remembered = instantFrom(expiresAt + CLOCK_TOLERANCE * 1000);
  const first = await store.useAssertion(application.id, jti, remembered, instantFrom(at));
  return first ? null : bad('It was used before.');
}

/** The verified claims, or the reason why there are none. */
async function verifySignature(
  store: Pick<AccessStore, 'applicationKeys'>,
  { assertion, application, at }: AssertionRequest,
): Promise<JWTPayload | string> {
  const header = headerOf(assertion);
  if (header === null) return 'It is not a JSON web token.';
  if (!ACCEPTED_ALGORITHMS.includes(header.alg ?? '')) return 'Its algorithm is not accepted.';
  const alg = header.alg as string;
  const rows = await store.applicationKeys(application.tenantId, application.id);
  const keys = rows.map((row) => ({ id: row.id, jwk: JSON.parse(row.jwk) as JWK }));
  const fitting = keys.filter(({ jwk }) => jwk.kty === (alg === 'ES256' ? 'EC' : 'RSA'));
  // Keys that the header names come first; the others are tried too, since clients name keys in many ways.
  const hinted = fitting.filter(({ id, jwk }) => hintFits(header, id, jwk));
  const candidates = [...hinted, ...fitting.filter((key) => !hinted.includes(key))];
  for (const { jwk } of candidates) {
    try {
      const { payload } = await jwtVerify(assertion, await importJWK(jwk, alg), {
        algorithms: [alg],
        currentDate: new Date(at),
        clockTolerance: CLOCK_TOLERANCE,
        requiredClaims: ['exp', 'iss', 'sub', 'aud'],
      });
      return keyServes(jwk, at) ? payload : 'The certificate that signed it is not valid at this time.';
    } catch (error) {
      if (error instanceof errors.JWSSignatureVerificationFailed) continue;
      if (error instanceof errors.JWTExpired) return 'It has expired.';
      if (error instanceof errors.JWTClaimValidationFailed)
        return `Its claim ${error.claim} is missing or not valid now.`;
      if (error instanceof errors.JOSEError) return 'It is malformed.';
      throw error;
    }
  }
  return 'The key was not found.';
}

function headerOf(
  assertion: string,
): (ReturnType<typeof decodeProtectedHeader> & { kid?: string; x5t?: string }) | null {
  try {
    return decodeProtectedHeader(assertion);
  } catch {
    return null;
  }
}
