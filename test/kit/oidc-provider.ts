import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload } from 'jose';
import { signed } from './tokens.ts';

/** A small OpenID Connect provider on loopback that a test can lead and mislead. */
export interface OidcProvider extends AsyncDisposable {
  readonly url: string;
  readonly discoveryUrl: string;
  /** Requests for the discovery document and for keys. */
  readonly asked: { discovery: number; keys: number };
  /** Members that replace those of the discovery document. */
  document: Record<string, unknown>;
  /** Members added to each published key. */
  keyMembers: Record<string, unknown>;
  /** How it answers: rightly, with a 500, with something endless, with nonsense, or somewhere else. */
  mood: 'well' | 'failing' | 'endless' | 'nonsense' | 'redirecting';
  /** Replaces its key; the old one is no longer published. */
  rotate(alg?: 'RS256' | 'ES256'): Promise<void>;
  /** A token with its present key. */
  sign(claims: JWTPayload, header?: Record<string, unknown>): Promise<string>;
}

async function newKey(alg: 'RS256' | 'ES256', kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, kid };
}

export async function oidcProvider(): Promise<OidcProvider> {
  let rotations = 0;
  let key = await newKey('RS256', 'provider-0');
  const server = createServer((request, response) => {
    const isDiscovery = request.url?.endsWith('/openid-configuration') === true;
    provider.asked[isDiscovery ? 'discovery' : 'keys'] += 1;
    if (provider.mood === 'failing') return response.writeHead(500).end('{}');
    if (provider.mood === 'nonsense') return response.end('<html>');
    if (provider.mood === 'redirecting')
      return response.writeHead(302, { location: `${provider.url}/elsewhere` }).end();
    if (provider.mood === 'endless') return void response.end(' '.repeat(2_000_000));
    const { d, p, q, dp, dq, qi, ...publicKey } = key;
    const body = isDiscovery
      ? { issuer: provider.url, jwks_uri: `${provider.url}/keys`, ...provider.document }
      : { keys: [{ ...publicKey, ...provider.keyMembers }] };
    return response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider: OidcProvider = {
    url,
    discoveryUrl: `${url}/.well-known/openid-configuration`,
    asked: { discovery: 0, keys: 0 },
    document: {},
    keyMembers: {},
    mood: 'well',
    async rotate(alg = 'RS256') {
      rotations += 1;
      key = await newKey(alg, `provider-${rotations}`);
    },
    sign: (claims, header = {}) => signed(claims, key, { alg: key.alg, ...header }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return provider;
}
