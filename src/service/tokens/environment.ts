/** Time and chance, given by the composition so that tests can hold them. */
export interface Environment {
  /**
   * Milliseconds since 1970. May throw `CordonError('ServiceUnavailable')` while the clock is in doubt: no token is
   * issued or accepted then.
   */
  readonly now: () => number;
  /** A random GUID. */
  readonly uuid: () => string;
  /** Random bytes fit for secrets. */
  readonly bytes: (length: number) => Uint8Array;
}

/**
 * Address that clients use, without a trailing slash. A function, because a server on port 0 knows it only once it
 * listens. Never taken from the Host header.
 */
export type PublicUrl = () => string;

/** The embedded issuer's name for a tenant. */
export function issuerOf(publicUrl: string, tenantId: string): string {
  return `${publicUrl}/${tenantId}/`;
}
