import { LRUCache } from 'lru-cache';
import type { Caller } from '../../domain/caller.ts';
import type { AccessStore } from '../../store/port.ts';
import { createEmbeddedSource } from './embedded.ts';
import type { TokenKeys } from './keys.ts';
import type { PublicUrl } from './public-url.ts';
import { bearerToken, CLOCK_TOLERANCE, readToken, refusalOf, refused } from './reading.ts';
import { type ApplicationState, createRevocation } from './revocation.ts';
import type { ProvenToken, TokenSource } from './source.ts';

/** Verified tokens are kept up to this many characters of token text together. */
const CACHE_CHARACTERS = 16_000_000;
/** Another issuer may end a key early, which we learn only by asking again. Milliseconds. */
const EXTERNAL_KEPT = 300_000;
interface CachedToken {
  readonly proven: ProvenToken;
  /** Milliseconds since 1970. */
  readonly until: number;
  application: ApplicationState | null;
}

export interface Verifier {
  /**
   * Who calls, from the `Authorization` header.
   * @throws CordonError `Unauthorized`; `ServiceUnavailable` when an external issuer or the store cannot be reached
   */
  verify(authorization: string | undefined): Promise<Caller>;
  /** The same without waiting, for a header that was verified a moment ago; null means: ask `verify`. */
  verifyCached(authorization: string | undefined): Caller | null;
  /** To be called when an application was changed or revoked: its tokens are looked at anew. */
  applicationChanged(tenantId: string, id: string): void;
  /** Forgets everything verified. */
  clear(): void;
}

export interface VerifierOptions {
  readonly publicUrl: PublicUrl;
  readonly keys: TokenKeys;
  readonly accessStore: Pick<AccessStore, 'application'>;
  /** From `createExternalSources`; empty when none is configured. */
  readonly external: readonly TokenSource[];
  /** Milliseconds since 1970. */
  readonly milliseconds: () => number;
}

/** Checks access tokens of the embedded issuer and of the external ones. */
export function createVerifier(options: VerifierOptions): Verifier {
  const { publicUrl, keys, accessStore, external, milliseconds } = options;
  const embedded = createEmbeddedSource({ publicUrl, keys, milliseconds });
  const sources: readonly TokenSource[] = [embedded, ...external];
  // Keyed by the whole header: a prefix to cut off would cost more than the look-up.
  const tokens = new LRUCache<string, CachedToken>({
    maxSize: CACHE_CHARACTERS,
    sizeCalculation: (_token, header) => header.length,
  });
  const revocation = createRevocation(accessStore, milliseconds);

  async function prove(text: string): Promise<ProvenToken> {
    const token = readToken(text);
    const source = sources.find((candidate) => candidate.claims(token));
    if (source !== undefined) return await source.verify(token);
    throw refused('The issuer of the access token is not accepted.');
  }

  /** A token that is kept and has not expired. */
  function kept(authorization: string, at: number): CachedToken | null {
    const token = tokens.get(authorization);
    if (token === undefined) return null;
    if (at < token.until) return token;
    tokens.delete(authorization);
    return null;
  }

  async function proveAnew(authorization: string | undefined): Promise<CachedToken> {
    const proven = await prove(bearerToken(authorization));
    const expires = proven.expiresAt + CLOCK_TOLERANCE * 1000;
    const until = proven.application === null ? Math.min(expires, milliseconds() + EXTERNAL_KEPT) : expires;
    return { proven, until, application: null };
  }

  /** Grows when tokens are forgotten, so that a verification under way does not bring one back. */
  let generation = 0;
  function forget(): void {
    generation += 1;
    tokens.clear();
  }
  keys.onRetired(forget);

  return {
    async verify(authorization) {
      try {
        const began = generation;
        const known = authorization === undefined ? null : kept(authorization, milliseconds());
        const token = known ?? (await proveAnew(authorization));
        const { application, caller } = token.proven;
        if (application !== null)
          token.application = await revocation.check(application.tenantId, application.id);
        if (known === null && began === generation) tokens.set(authorization as string, token);
        return caller;
      } catch (error) {
        throw refusalOf(error);
      }
    },
    verifyCached(authorization) {
      if (authorization === undefined) return null;
      const at = milliseconds();
      const token = kept(authorization, at);
      if (token === null) return null;
      if (token.application !== null && !revocation.fresh(token.application, at)) return null;
      return token.proven.caller;
    },
    applicationChanged: revocation.changed,
    clear() {
      forget();
      revocation.clear();
    },
  };
}
