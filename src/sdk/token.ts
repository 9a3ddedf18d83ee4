import { ClientError, unreachable } from './error.ts';
import { secondsToWait } from './retry.ts';
import { limited, type System } from './system.ts';

/** Where the bearer token of a call comes from. */
export interface TokenProvider {
  /** A token that is still valid for the next minute, or as long as the service gives. */
  get(signal?: AbortSignal): Promise<string>;
  /** Forget the cached token: the service has refused it. */
  drop(): void;
}

/** Told to a {@link TokenFunction}. */
export interface TokenRequest {
  /** True when the service has refused the token that was given last: a kept one will not do. */
  readonly refused: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Gives a token for the next call; asked before each, so it keeps what it has for as long as it is good. */
export type TokenFunction = (request: TokenRequest) => string | Promise<string>;

export interface ClientCredentials {
  /** The token endpoint, here or at the vendor's login service. */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What the token is for: `scope` at the v2 endpoint, `resource` at the v1 endpoint. */
  readonly audience: Readonly<Record<'scope', string> | Record<'resource', string>>;
}

/** A token is replaced this long before it ends, so that a call on its way does not meet the end. */
const MARGIN = 60_000;
const TOKEN_TIME_LIMIT = 30_000;

/** A provider for one ready-made token; a refused one is not replaced. */
export function fixedToken(token: string): TokenProvider {
  return { get: () => Promise.resolve(token), drop: () => {} };
}

/** A provider that asks a function. */
export function tokensFrom(give: TokenFunction): TokenProvider {
  let refused = false;
  return {
    get: async (signal) => {
      const request = { refused, signal };
      refused = false;
      return give(request);
    },
    drop: () => {
      refused = true;
    },
  };
}

/** Tokens by the client-credentials grant, fetched once and shared by all calls until shortly before the end. */
export function clientCredentials(credentials: ClientCredentials, system: System): TokenProvider {
  let current: { token: string; until: number } | null = null;
  let coming: Promise<string> | null = null;

  const renew = async (): Promise<string> => {
    const asked = system.now();
    const reply = await askForToken(credentials, system);
    const lifetime = reply.seconds * 1000;
    current = { token: reply.token, until: asked + lifetime - Math.min(MARGIN, lifetime / 2) };
    return reply.token;
  };

  return {
    get(signal) {
      if (current !== null && system.now() < current.until) return Promise.resolve(current.token);
      coming ??= renew().finally(() => {
        coming = null;
      });
      return signal === undefined ? coming : unlessAborted(coming, signal);
    },
    drop() {
      current = null;
    },
  };
}

/** One renewal serves several callers, so a caller that gives up leaves it and does not end it. */
function unlessAborted<T>(shared: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

async function askForToken(
  credentials: ClientCredentials,
  system: System,
): Promise<{ token: string; seconds: number }> {
  const { tokenUrl, clientId, clientSecret, audience } = credentials;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    ...audience,
  });
  let response: Response;
  let text: string;
  try {
    const signal = limited(undefined, TOKEN_TIME_LIMIT);
    response = await system.fetch(tokenUrl, { method: 'POST', body: form, redirect: 'manual', signal });
    text = await response.text();
  } catch (error) {
    throw unreachable(tokenUrl, 'token', error);
  }
  const reply = objectIn(text);
  const seconds = Number(reply?.expires_in);
  if (response.ok && typeof reply?.access_token === 'string' && seconds > 0) {
    return { token: reply.access_token, seconds };
  }
  throw new ClientError({
    code: typeof reply?.error === 'string' ? reply.error : 'UnexpectedAnswer',
    message:
      typeof reply?.error_description === 'string'
        ? reply.error_description
        : `${tokenUrl} answered ${response.status} without a token.`,
    status: response.status,
    target: typeof reply?.correlation_id === 'string' ? reply.correlation_id : null,
    retryAfter: secondsToWait(response, system),
    step: 'token',
  });
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
