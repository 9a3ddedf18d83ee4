import type { Caller } from '../../domain/caller.ts';
import type { UnverifiedToken } from './reading.ts';

/** A token whose signature, issuer, audience, times and tenant were checked. */
export interface ProvenToken {
  readonly caller: Caller;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** The application of the embedded issuer that must not be revoked; null for tokens of other issuers. */
  readonly application: { readonly tenantId: string; readonly id: string } | null;
}

/** One issuer whose tokens are accepted. */
export interface TokenSource {
  /** True when the token says that it comes from here; decides whose keys are tried, and proves nothing. */
  claims(token: UnverifiedToken): boolean;
  /**
   * @throws CordonError `Unauthorized`, or `ServiceUnavailable` when the issuer's keys cannot be had; jose's own
   * errors too
   */
  verify(token: UnverifiedToken): Promise<ProvenToken>;
}
