/**
 * Address that clients use, without a trailing slash. A function, because a server on port 0 knows it only once it
 * listens. Never taken from the Host header.
 */
export type PublicUrl = () => string;

/** The embedded issuer's name for a tenant. */
export function issuerOf(publicUrl: string, tenantId: string): string {
  return `${publicUrl}/${tenantId}/`;
}
