import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import type { ConsoleProvider } from '../../src/service/sessions/open-id-connect.ts';
import { parseExternalIssuers } from '../../src/service/tokens/external-config.ts';

/** An OpenID Connect provider on loopback at which people sign in, which a test can mislead. */
export interface SignInProvider extends AsyncDisposable {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Who signs in next, as claims of the ID token. */
  person: JWTPayload;
  /** Claims that replace those of the ID token. */
  claims: JWTPayload;
  /** Signs with a key that is not published. */
  forges: boolean;
  /** Parameters that replace those of the redirect back. */
  answers: Record<string, string>;
  /** What its client sent to the token endpoint, with its `Authorization`. */
  readonly exchanges: URLSearchParams[];
  /** Does what a person does: signs in, and is sent back; returns the address that the browser goes to. */
  signIn(location: string): string;
}

interface Granted {
  readonly challenge: string;
  readonly nonce: string;
  readonly redirectUri: string;
}

export async function startSignInProvider(): Promise<SignInProvider> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const { privateKey: foreign } = await generateKeyPair('RS256');
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  const codes = new Map<string, Granted>();

  const token = async (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const form = new URLSearchParams(body);
    provider.exchanges.push(form);
    const granted = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const proven =
      form.get('client_id') === provider.clientId && form.get('client_secret') === provider.clientSecret;
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const right =
      granted !== undefined &&
      proven &&
      challenge === granted.challenge &&
      form.get('redirect_uri') === granted.redirectUri;
    if (!right) return send(response, 400, { error: 'invalid_grant' });
    const idToken = await new SignJWT({ nonce: granted.nonce, ...provider.person, ...provider.claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(String(provider.claims.iss ?? provider.url))
      .setAudience(String(provider.claims.aud ?? provider.clientId))
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + 300)
      .sign(provider.forges ? foreign : privateKey);
    return send(response, 200, {
      access_token: 'of-no-use-here',
      token_type: 'Bearer',
      expires_in: 300,
      id_token: idToken,
    });
  };

  const server = createServer((request, response) => {
    if (request.url === '/keys') return send(response, 200, { keys: [jwk] });
    if (request.url === '/token') return void token(request, response);
    if (request.url?.startsWith('/authorize?') === true) {
      // A person who has signed in before is sent back without a question.
      response.writeHead(302, { location: provider.signIn(`${provider.url}${request.url}`) }).end();
      return;
    }
    return send(response, 200, {
      issuer: provider.url,
      authorization_endpoint: `${provider.url}/authorize`,
      token_endpoint: `${provider.url}/token`,
      jwks_uri: `${provider.url}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider: SignInProvider = {
    url,
    clientId: 'cordon-console',
    clientSecret: 'secret-of-the-console',
    person: {
      sub: 'u1',
      oid: 'object-1',
      preferred_username: 'Ana@Contoso.test',
      name: 'Ana',
      groups: ['g1'],
    },
    claims: {},
    forges: false,
    answers: {},
    exchanges: [],
    signIn(location) {
      const { searchParams: asked } = new URL(location);
      const code = randomBytes(16).toString('base64url');
      codes.set(code, {
        challenge: asked.get('code_challenge') ?? '',
        nonce: asked.get('nonce') ?? '',
        redirectUri: asked.get('redirect_uri') ?? '',
      });
      const back = new URL(asked.get('redirect_uri') ?? '');
      const answer = { code, state: asked.get('state') ?? '', iss: url, ...provider.answers };
      for (const [name, value] of Object.entries(answer)) back.searchParams.set(name, value);
      return back.href;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return provider;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The provider as a server is told of it. @param tenant of everybody who signs in there */
export function providerFor(provider: SignInProvider, tenant: string): ConsoleProvider {
  const [issuer] = parseExternalIssuers([
    {
      issuer: provider.url,
      audience: 'api://cordon',
      tenants: { [provider.url]: tenant },
      console: { clientId: provider.clientId, clientSecretFile: '/unused' },
    },
  ]);
  return { issuer: issuer!, client: issuer!.console!, secret: provider.clientSecret };
}
