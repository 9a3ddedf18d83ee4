import type { AccessStore, KeyStore } from '../../store/port.ts';
import { createDiscovery, type Discovery } from './discovery.ts';
import { createExternalSources } from './external.ts';
import type { ExternalIssuer } from './external-config.ts';
import type { FailureLimit } from './failures.ts';
import { createTokenService, type TokenService } from './grants.ts';
import { createIssuer, type Issuer } from './issue.ts';
import { createTokenKeys, type TokenKeys } from './keys.ts';
import type { ProviderTiming } from './provider.ts';
import type { PublicUrl } from './public-url.ts';
import { createVerifier, type Verifier } from './verify.ts';

export interface TokensOptions {
  readonly store: Pick<
    AccessStore,
    'tenants' | 'application' | 'applicationSecrets' | 'applicationKeys' | 'useAssertion' | 'emulatorUser'
  > &
    Pick<KeyStore, 'serverKeys' | 'addServerKey' | 'retireServerKey'>;
  readonly publicUrl: PublicUrl;
  /**
   * Milliseconds since 1970. May throw `CordonError('ServiceUnavailable')` while the clock is in doubt: no token is
   * issued or accepted then.
   */
  readonly milliseconds: () => number;
  /** Random bytes fit for secrets. */
  readonly bytes: (length: number) => Uint8Array;
  /** From `parseExternalIssuers`; empty for none. */
  readonly externalIssuers: readonly ExternalIssuer[];
  readonly fetch: typeof fetch;
  readonly timing?: ProviderTiming;
  /** True in the emulator only. */
  readonly passwordGrant: boolean;
  /** Usually `FAILURE_LIMIT`; null switches it off. */
  readonly failureLimit: FailureLimit | null;
}

/** Everything about tokens, put together. */
export interface Tokens {
  readonly keys: TokenKeys;
  readonly issuer: Issuer;
  readonly service: TokenService;
  readonly discovery: Discovery;
  readonly verifier: Verifier;
}

export function createTokens(options: TokensOptions): Tokens {
  const { store, publicUrl, milliseconds } = options;
  const keys = createTokenKeys({ store, milliseconds });
  const issuer = createIssuer({ publicUrl, keys, milliseconds, bytes: options.bytes });
  const external = createExternalSources({
    issuers: options.externalIssuers,
    milliseconds,
    fetch: options.fetch,
    ...(options.timing === undefined ? {} : { timing: options.timing }),
  });
  return {
    keys,
    issuer,
    service: createTokenService({ ...options, issuer }),
    discovery: createDiscovery({ ...options, keys }),
    verifier: createVerifier({ publicUrl, keys, accessStore: store, external, milliseconds }),
  };
}
