/** Sign-in at an identity provider: authorization code with PKCE. Loaded where one is set, and with its first use. */
import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import type { SignInError } from '../../contract/console.ts';
import type { Person } from '../../domain/console-session.ts';
import type { Log } from '../log.ts';
import { identityOf, tenantOf } from '../tokens/external.ts';
import type { ConsoleClient, ExternalIssuer } from '../tokens/external-config.ts';
import { ownPath } from './own-path.ts';

/** A client at a provider, with its secret. */
export interface ConsoleProvider {
  readonly issuer: ExternalIssuer;
  readonly client: ConsoleClient;
  /** Null for a public client. */
  readonly secret: string | null;
}

export interface OpenIdConnect {
  /** Where the browser goes, and what it is to remember meanwhile. @throws Error when the provider cannot be reached */
  begin(returnTo: string): Promise<{ readonly location: string; readonly memory: string }>;
  /** What the provider answered, by the query of the callback. @param memory null where the browser has none */
  finish(query: string, memory: string | null): Promise<Finished>;
}

export type Finished =
  | { readonly person: Person; readonly returnTo: string }
  | { readonly failed: SignInError };

/** What a browser remembers in a cookie between the two redirects. */
interface Memory {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
  /** Milliseconds since 1970. */
  readonly begunAt: number;
}

/** Milliseconds that a person has at the provider. */
const PATIENCE = 600_000;
/** Milliseconds for which the provider's description serves. */
const KEPT = 600_000;
/** Seconds that one call to the provider may take. */
const TIMEOUT = 5;

export function createOpenIdConnect(options: {
  readonly provider: ConsoleProvider;
  readonly publicUrl: () => string;
  readonly milliseconds: () => number;
  readonly log: Log;
}): OpenIdConnect {
  const { provider, publicUrl, milliseconds, log } = options;
  const redirect = () => `${publicUrl()}/cordon/v1/signin/callback`;
  let known: { readonly configuration: Configuration; readonly at: number } | null = null;

  const configuration = async (): Promise<Configuration> => {
    if (known !== null && milliseconds() - known.at < KEPT) return known.configuration;
    known = { configuration: await discovered(provider), at: milliseconds() };
    return known.configuration;
  };

  const failed = (error: unknown): Finished => {
    const { code, message } = error as { code?: string; message?: string };
    log.warn({ code, reason: message }, 'a sign-in at the identity provider came to nothing');
    return { failed: failureOf(error) };
  };

  return {
    async begin(returnTo) {
      const [state, nonce, verifier] = [randomState(), randomNonce(), randomPKCECodeVerifier()];
      const url = buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirect(),
        scope: provider.client.scope,
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      const memory: Memory = { state, nonce, verifier, returnTo, begunAt: milliseconds() };
      return { location: url.href, memory: Buffer.from(JSON.stringify(memory)).toString('base64url') };
    },
    async finish(query, text) {
      const memory = memoryOf(text);
      if (memory === null || milliseconds() - memory.begunAt > PATIENCE) return { failed: 'expired' };
      try {
        const tokens = await authorizationCodeGrant(
          await configuration(),
          new URL(`${redirect()}?${query}`),
          {
            expectedState: memory.state,
            expectedNonce: memory.nonce,
            pkceCodeVerifier: memory.verifier,
            idTokenExpected: true,
          },
        );
        const claims = tokens.claims();
        if (claims === undefined) return { failed: 'invalid' };
        const tenantId = tenantOf(provider.issuer, claims);
        if (tenantId === null) return { failed: 'tenant' };
        const person = { ...identityOf(claims), tenantId, administrator: false };
        return { person, returnTo: ownPath(memory.returnTo, publicUrl()) };
      } catch (error) {
        return failed(error);
      }
    },
  };
}

async function discovered({ issuer, client, secret }: ConsoleProvider): Promise<Configuration> {
  const url = new URL(issuer.discoveryUrl);
  const configuration = await discovery(
    url,
    client.clientId,
    undefined,
    secret === null ? None() : ClientSecretPost(secret),
    {
      timeout: TIMEOUT,
      // Only loopback may be without TLS, as the configuration is checked.
      execute: [enableNonRepudiationChecks, ...(url.protocol === 'http:' ? [allowInsecureRequests] : [])],
    },
  );
  const found = configuration.serverMetadata().issuer;
  if (found === issuer.issuer || (!issuer.exact && found.replace(/\/$/, '') === issuer.issuer))
    return configuration;
  throw new Error('The discovery document names another issuer.');
}

function memoryOf(text: string | null): Memory | null {
  if (text === null) return null;
  try {
    const value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Partial<Memory>;
    const { state, nonce, verifier, returnTo, begunAt } = value;
    const texts = [state, nonce, verifier, returnTo].every((one) => typeof one === 'string');
    return texts && typeof begunAt === 'number' ? (value as Memory) : null;
  } catch {
    return null;
  }
}

function failureOf(error: unknown): SignInError {
  if (error instanceof AuthorizationResponseError) return 'denied';
  const { code } = error as { code?: string };
  // A fetch that found nobody is a plain TypeError of Node.
  const unreached = code === 'OAUTH_TIMEOUT' || (error instanceof TypeError && code === undefined);
  return unreached ? 'unavailable' : 'invalid';
}
