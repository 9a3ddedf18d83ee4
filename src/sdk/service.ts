/** Which service an address is. */

/**
 * Cordon repeats no request whose `Idempotency-Key` it has seen; the vendor's service ignores the key, so there a
 * request whose answer was lost is not made again.
 */
export type Service = 'cordon' | 'vendor';

/** Domains of the vendor's API, with the login service that gives its tokens. */
const VENDOR_DOMAINS: readonly { readonly domain: string; readonly login: string }[] = [
  { domain: 'security.microsoft.com', login: 'https://login.microsoftonline.com' },
  { domain: 'securitycenter.microsoft.com', login: 'https://login.microsoftonline.com' },
  { domain: 'securitycenter.windows.com', login: 'https://login.microsoftonline.com' },
  { domain: 'api-gcc.securitycenter.microsoft.us', login: 'https://login.microsoftonline.com' },
  { domain: 'securitycenter.microsoft.us', login: 'https://login.microsoftonline.us' },
];

const rowOf = (url: string) => {
  const { hostname } = new URL(url);
  return VENDOR_DOMAINS.find(({ domain }) => hostname === domain || hostname.endsWith(`.${domain}`)) ?? null;
};

/** The vendor's service at its own domains; elsewhere Cordon. */
export const serviceAt = (url: string): Service => (rowOf(url) === null ? 'cordon' : 'vendor');

/** Address below which `/{tenant}/oauth2/…` gives tokens for the service at `url`: the vendor's login service, or `url` itself. */
export const loginAt = (url: string): string => rowOf(url)?.login ?? url.replace(/\/+$/, '');
