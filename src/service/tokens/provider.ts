import { createRemoteJWKSet, customFetch, errors, type JWK, type JWTVerifyGetKey } from 'jose';
import { CordonError } from '../../domain/error.ts';
import { type ExternalIssuer, isFetchable } from './external-config.ts';

/** How long things of a provider count. Milliseconds. */
export interface ProviderTiming {
  /** Longest time that one fetch may take. */
  readonly timeout: number;
  /** How long a discovery document and a key set are used without asking again. */
  readonly kept: number;
  /** Shortest time between two fetches that unknown keys cause. */
  readonly cooldown: number;
  /** After a failed fetch nothing is fetched for so long. */
  readonly pause: number;
}

export const PROVIDER_TIMING: ProviderTiming = {
  timeout: 5000,
  kept: 600_000,
  cooldown: 30_000,
  pause: 5000,
};

/** Discovery documents and key sets are some kilobytes; Entra ID's key set has 20. */
const LARGEST_DOCUMENT = 512 * 1024;

/** A provider's issuer and keys, fetched when needed. */
export interface Provider {
  /** The `issuer` of its discovery document. @throws CordonError `ServiceUnavailable` */
  issuer(): Promise<string>;
  /** Resolves the key of a token among the provider's own; made for jose. @throws CordonError `ServiceUnavailable` */
  readonly key: JWTVerifyGetKey;
  /** The published key of that `kid`, among those fetched. */
  published(kid: string): JWK | null;
}

interface Discovered {
  readonly issuer: string;
  readonly keys: ReturnType<typeof createRemoteJWKSet>;
  readonly keysUrl: string;
  readonly at: number;
}

export function createProvider(options: {
  readonly configured: ExternalIssuer;
  readonly milliseconds: () => number;
  readonly fetch: typeof fetch;
  readonly timing: ProviderTiming;
}): Provider {
  const { configured, milliseconds, timing } = options;
  let discovered: Discovered | null = null;
  let discovering: Promise<Discovered> | null = null;
  let failedAt = Number.NEGATIVE_INFINITY;

  function unavailable(cause: unknown): CordonError {
    return new CordonError(
      'ServiceUnavailable',
      'The issuer of the access token cannot be reached to verify it.',
      {
        cause,
        retryAfter: Math.ceil(timing.pause / 1000),
      },
    );
  }

  /** A failure keeps us from asking for a while, so that callers cannot make us hammer the provider. */
  function failed(cause: unknown): CordonError {
    failedAt = milliseconds();
    return unavailable(cause);
  }

  async function fetchText(url: string, signal: AbortSignal): Promise<string> {
    if (milliseconds() - failedAt < timing.pause) throw unavailable('a fetch failed a moment ago');
    try {
      const response = await options.fetch(url, {
        signal,
        redirect: 'error',
        headers: { accept: 'application/json' },
      });
      if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
      return await readLimited(response);
    } catch (cause) {
      throw failed(cause);
    }
  }

  async function discover(): Promise<Discovered> {
    const text = await fetchText(configured.discoveryUrl, AbortSignal.timeout(timing.timeout));
    const document = parse(text);
    if (!sameIssuer(document.issuer, configured)) throw failed('the discovery document names another issuer');
    const keysUrl = document.jwks_uri;
    if (typeof keysUrl !== 'string' || !isFetchable(keysUrl))
      throw failed('the discovery document has no usable jwks_uri');
    const at = milliseconds();
    const issuer = document.issuer as string;
    if (discovered?.keysUrl === keysUrl) return { ...discovered, issuer, at };
    const keys = createRemoteJWKSet(new URL(keysUrl), {
      timeoutDuration: timing.timeout,
      cooldownDuration: timing.cooldown,
      cacheMaxAge: timing.kept,
      [customFetch]: async (url, { signal }) => new Response(await fetchText(url, signal)),
    });
    return { issuer, keys, keysUrl, at };
  }

  function parse(text: string): Record<string, unknown> {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
    } catch (cause) {
      throw failed(cause);
    }
    throw failed('the discovery document is not an object');
  }

  async function current(): Promise<Discovered> {
    if (discovered !== null && milliseconds() - discovered.at < timing.kept) return discovered;
    discovering ??= discover().finally(() => {
      discovering = null;
    });
    discovered = await discovering;
    return discovered;
  }

  return {
    issuer: async () => (await current()).issuer,
    key: async (header, token) => {
      const { keys } = await current();
      try {
        return await keys(header, token);
      } catch (error) {
        if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
          throw error;
        if (error instanceof CordonError || error instanceof errors.JOSENotSupported) throw error;
        throw failed(error);
      }
    },
    published: (kid) => discovered?.keys.jwks()?.keys.find((jwk) => jwk.kid === kid) ?? null,
  };
}

function sameIssuer(found: unknown, configured: ExternalIssuer): boolean {
  if (typeof found !== 'string') return false;
  return configured.exact ? found === configured.issuer : found.replace(/\/$/, '') === configured.issuer;
}

async function readLimited(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > LARGEST_DOCUMENT) throw new Error('the document is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
