import { createHash, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { CordonError } from '../../domain/error.ts';
import { CLOCK_TOLERANCE } from './reading.ts';

const MODULUS_MINIMUM = 2048;

/** The public key of an application, with every name under which an assertion may point at it. */
export interface PublicApplicationKey {
  /** SHA-256 thumbprint, hexadecimal: of the certificate where there is one, else of the key (RFC 7638). */
  readonly id: string;
  /** Carries `x5c`, `x5t` and `x5t#S256` for a certificate. */
  readonly jwk: JWK;
}

function invalid(message: string, cause?: unknown): CordonError {
  return new CordonError('InvalidInput', message, cause === undefined ? {} : { cause });
}

function thumbprint(algorithm: 'sha1' | 'sha256', der: Buffer): Buffer {
  return createHash(algorithm).update(der).digest();
}

/** @throws CordonError `InvalidInput` for a key that no accepted algorithm can use */
function publicJwk(key: KeyObject): JWK {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === 'rsa') {
    if ((details?.modulusLength ?? 0) < MODULUS_MINIMUM)
      throw invalid(`An RSA key needs at least ${MODULUS_MINIMUM} bits.`);
    return key.export({ format: 'jwk' }) as JWK;
  }
  if (key.asymmetricKeyType === 'ec' && details?.namedCurve === 'prime256v1')
    return key.export({ format: 'jwk' }) as JWK;
  throw invalid('The key must be RSA or elliptic-curve P-256.');
}

/**
 * Reads a PEM certificate, a PEM public key, or a public JWK.
 * @throws CordonError `InvalidInput` saying what is wrong; a private key is refused, and its text is in no message
 */
export async function readApplicationKey(text: string): Promise<PublicApplicationKey> {
  if (text.includes('PRIVATE KEY'))
    throw invalid('The text contains a private key: send the certificate or the public key only.');
  if (text.includes('BEGIN CERTIFICATE')) return fromCertificate(text);
  return fromPublicKey(text);
}

function fromCertificate(text: string): PublicApplicationKey {
  const certificate = parsed(() => new X509Certificate(text));
  const der = certificate.raw;
  return {
    id: thumbprint('sha256', der).toString('hex'),
    jwk: {
      ...publicJwk(certificate.publicKey),
      x5c: [der.toString('base64')],
      x5t: thumbprint('sha1', der).toString('base64url'),
      'x5t#S256': thumbprint('sha256', der).toString('base64url'),
    },
  };
}

async function fromPublicKey(text: string): Promise<PublicApplicationKey> {
  const given = text.trimStart().startsWith('{') ? parsed(() => JSON.parse(text) as JWK) : null;
  if (given !== null && ('d' in given || 'k' in given))
    throw invalid('The JWK must hold the public key only.');
  const key = parsed(() =>
    given === null ? createPublicKey(text) : createPublicKey({ key: given, format: 'jwk' }),
  );
  const jwk = publicJwk(key);
  const id = Buffer.from(await calculateJwkThumbprint(jwk), 'base64url').toString('hex');
  return { id, jwk: typeof given?.kid === 'string' ? { ...jwk, kid: given.kid } : jwk };
}

function parsed<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw invalid('The text is neither a PEM certificate, a PEM public key nor a public JWK.', cause);
  }
}

/** What the header of an assertion says of its key. */
export interface KeyHint {
  readonly kid?: string | undefined;
  readonly x5t?: string | undefined;
  readonly 'x5t#S256'?: string | undefined;
}

/** True when the hint points at the key: by thumbprint, or by a `kid` in any of the forms that clients use. */
export function hintFits(hint: KeyHint, id: string, jwk: JWK): boolean {
  const sha1 = jwk.x5t;
  if (hint.x5t !== undefined && hint.x5t === sha1) return true;
  if (hint['x5t#S256'] !== undefined && hint['x5t#S256'] === jwk['x5t#S256']) return true;
  if (hint.kid === undefined) return false;
  const hexadecimal = sha1 === undefined ? null : Buffer.from(sha1, 'base64url').toString('hex');
  return (
    [jwk.kid, sha1, jwk['x5t#S256']].includes(hint.kid) || [id, hexadecimal].includes(hint.kid.toLowerCase())
  );
}

/** False when the key came in a certificate that is not valid at that time, give or take what clocks may differ. */
export function keyServes(jwk: JWK, milliseconds: number): boolean {
  const certificate = jwk.x5c?.[0];
  if (certificate === undefined) return true;
  const { validFromDate, validToDate } = new X509Certificate(Buffer.from(certificate, 'base64'));
  const tolerance = CLOCK_TOLERANCE * 1000;
  return (
    validFromDate.getTime() - tolerance <= milliseconds && milliseconds < validToDate.getTime() + tolerance
  );
}
