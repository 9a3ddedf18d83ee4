import { createHmac, KeyObject } from 'node:crypto';
import {
  CompactEncrypt,
  decodeJwt,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  SignJWT,
} from 'jose';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function publicPart({ kty, n, e }: JWK): JWK {
  return { kty, n, e } as JWK;
}

/** Signs any header and payload with a shared secret, as an attacker does who takes a public key for one. */
function hmac(
  algorithm: 'sha256' | 'sha512',
  header: object,
  payload: object,
  secret: string | Buffer,
): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${createHmac(algorithm, secret).update(input).digest('base64url')}`;
}

/** A token signed with a private JWK, with any header and claims. */
export async function signed(
  payload: JWTPayload,
  jwk: JWK,
  header: Record<string, unknown> = {},
): Promise<string> {
  const alg = (header.alg as string | undefined) ?? 'RS256';
  return new SignJWT(payload)
    .setProtectedHeader({ typ: 'JWT', alg, ...(jwk.kid === undefined ? {} : { kid: jwk.kid }), ...header })
    .sign(await importJWK(jwk, alg));
}

/**
 * Tokens that no server may accept, by what is wrong with them. They are made from a genuine one and the server's own
 * key, so that each is wrong in that one way only.
 * @param genuine a valid access token
 * @param key the server's private key
 * @param at the server's time in milliseconds
 */
export async function hostileTokens(
  genuine: string,
  key: JWK & { kid: string },
  at: number,
): Promise<ReadonlyMap<string, string>> {
  const claims = decodeJwt(genuine);
  const now = Math.floor(at / 1000);
  const [header, body, signature] = genuine.split('.') as [string, string, string];
  const foreign = await generateKeyPair('RS256', { extractable: true });
  const foreignJwk: JWK = await exportJWK(foreign.privateKey);
  const foreignPublic = publicPart(foreignJwk);
  const publicKey = await importJWK(publicPart(key), 'RS256', { extractable: true });
  const spki = KeyObject.from(publicKey as CryptoKey);
  const pem = spki.export({ type: 'spki', format: 'pem' });
  const der = spki.export({ type: 'spki', format: 'der' });
  const elliptic = await generateKeyPair('ES256', { extractable: true });
  const by = (payload: JWTPayload, more?: Record<string, unknown>) => signed(payload, key, more);
  const withForeign = (more: Record<string, unknown>) =>
    signed(claims, { ...foreignJwk, kid: key.kid }, more);
  const without = (name: string) =>
    Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name));
  const admin = { ...claims, roles: ['Cordon.Manage.All'], sub: 'somebody else' };

  return new Map([
    ['alg none without a signature', `${encode({ typ: 'JWT', alg: 'none' })}.${body}.`],
    ['alg none with the genuine signature', `${encode({ typ: 'JWT', alg: 'none' })}.${body}.${signature}`],
    ['alg nOnE', `${encode({ typ: 'JWT', alg: 'nOnE', kid: key.kid })}.${body}.`],
    ['no alg at all', `${encode({ typ: 'JWT', kid: key.kid })}.${body}.${signature}`],
    [
      'an HMAC made with the public key as PEM',
      hmac('sha256', { typ: 'JWT', alg: 'HS256', kid: key.kid }, claims, pem),
    ],
    [
      'an HMAC made with the public key as DER',
      hmac('sha256', { typ: 'JWT', alg: 'HS256', kid: key.kid }, claims, der),
    ],
    [
      'an HMAC made with the modulus',
      hmac('sha512', { typ: 'JWT', alg: 'HS512', kid: key.kid }, claims, key.n ?? ''),
    ],
    ['an HMAC made with nothing', hmac('sha256', { typ: 'JWT', alg: 'HS256' }, claims, '')],
    ['an HMAC that says RS256', hmac('sha256', { typ: 'JWT', alg: 'RS256', kid: key.kid }, claims, pem)],
    ['another key under our kid', await withForeign({})],
    ['another key under its own kid', await signed(claims, { ...foreignJwk, kid: 'theirs' })],
    ['another key without a kid', await signed(claims, foreignJwk)],
    [
      'an elliptic key under our kid',
      await signed(claims, { ...(await exportJWK(elliptic.privateKey)), kid: key.kid }, { alg: 'ES256' }),
    ],
    ['a key brought along as jwk', await withForeign({ jwk: foreignPublic })],
    ['a key brought along as jku', await withForeign({ jku: 'http://127.0.0.1:9/keys' })],
    ['a key brought along as x5u', await withForeign({ x5u: 'http://127.0.0.1:9/chain' })],
    ['a kid that is a path', await signed(claims, { ...foreignJwk, kid: '../../../../dev/null' })],
    ['a kid that is SQL', await signed(claims, { ...foreignJwk, kid: "' or 1=1 --" })],
    ['a kid that is an address', await signed(claims, { ...foreignJwk, kid: 'http://127.0.0.1:9/' })],
    ['a kid with a null byte', await signed(claims, { ...foreignJwk, kid: `${key.kid}\0` })],
    ['a kid that is a number', `${encode({ typ: 'JWT', alg: 'RS256', kid: 1 })}.${body}.${signature}`],
    ['a kid that is __proto__', await signed(claims, { ...foreignJwk, kid: '__proto__' })],
    ['our key with PS256', await by(claims, { alg: 'PS256' })],
    ['our key with RS512', await by(claims, { alg: 'RS512' })],
    ['another audience', await by({ ...claims, aud: 'https://graph.microsoft.com' })],
    [
      'an audience that begins like ours',
      await by({ ...claims, aud: 'https://api.securitycenter.microsoft.com.evil.example' }),
    ],
    [
      'a list of audiences',
      await by({ ...claims, aud: ['https://graph.microsoft.com', claims.aud as string] }),
    ],
    ['no audience', await by(without('aud'))],
    [
      'another issuer',
      await by({ ...claims, iss: 'https://sts.windows.net/7c1e0d3a-0f0e-4c52-9a4f-3a1d0c6b5e21/' }),
    ],
    ['an issuer without its last slash', await by({ ...claims, iss: (claims.iss as string).slice(0, -1) })],
    ['no issuer', await by(without('iss'))],
    [
      "a tenant that is not the issuer's",
      await by({ ...claims, tid: '00000000-0000-4000-8000-000000000000' }),
    ],
    [
      'a tenant that does not exist',
      await by({
        ...claims,
        tid: '00000000-0000-4000-8000-000000000000',
        iss: (claims.iss as string).replace(claims.tid as string, '00000000-0000-4000-8000-000000000000'),
      }),
    ],
    ['no tenant', await by(without('tid'))],
    [
      'an application that does not exist',
      await by({ ...claims, appid: '00000000-0000-4000-8000-000000000000' }),
    ],
    ['no application', await by(without('appid'))],
    ['an application that is an object', await by({ ...claims, appid: { id: claims.appid } })],
    ['expired', await by({ ...claims, exp: now - 120 })],
    ['no expiry', await by(without('exp'))],
    ['an expiry that is text', await by({ ...claims, exp: '9999999999' as unknown as number })],
    ['not valid yet', await by({ ...claims, nbf: now + 600 })],
    ['claims changed after signing', `${header}.${encode(admin)}.${signature}`],
    [
      'header changed after signing',
      `${encode({ typ: 'JWT', alg: 'RS256', kid: key.kid, extra: 1 })}.${body}.${signature}`,
    ],
    ['no signature', `${header}.${body}.`],
    ['half a signature', `${header}.${body}.${signature.slice(0, signature.length / 2)}`],
    [
      'crit',
      `${encode({ typ: 'JWT', alg: 'RS256', kid: key.kid, crit: ['exp'], exp: now })}.${body}.${signature}`,
    ],
    [
      'an unencoded payload',
      `${encode({ typ: 'JWT', alg: 'RS256', kid: key.kid, b64: false, crit: ['b64'] })}.${body}.${signature}`,
    ],
    ['a typ of another kind', await by(claims, { typ: 'logout+jwt' })],
    [
      'encrypted',
      await new CompactEncrypt(Buffer.from(JSON.stringify(claims)))
        .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })
        .encrypt(await importJWK(publicPart(key), 'RSA-OAEP-256')),
    ],
    ['huge', `${genuine}${'A'.repeat(20_000)}`],
    ['huge with a good signature', await by({ ...claims, padding: 'x'.repeat(20_000) })],
    ['garbage', 'not-a-token'],
    ['three empty parts', '..'],
    ['two parts', `${header}.${body}`],
    ['four parts', `${genuine}.${signature}`],
    ['parts that are not base64', 'a+b.c+d.e+f'],
    ['a payload that is no object', `${header}.${encode([1, 2])}.${signature}`],
    ['a payload that is null', `${header}.${encode(null)}.${signature}`],
    ['a header that is deep', `${Buffer.from('['.repeat(5000)).toString('base64url')}.${body}.${signature}`],
  ]);
}
