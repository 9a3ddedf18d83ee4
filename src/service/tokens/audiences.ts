/**
 * Names under which the vendor's resource is asked for (reference, sections 1, 8.2 and 15). They are valid in tokens
 * of the embedded issuer only, and refused as the audience of an external one.
 */
const VENDOR_HOSTS = [
  'api.security.microsoft.com',
  ...['us', 'eu', 'uk', 'au', 'swa', 'ina'].map((region) => `${region}.api.security.microsoft.com`),
  'api.securitycenter.microsoft.com',
  ...['us', 'eu', 'uk', 'au'].map((region) => `api-${region}.securitycenter.microsoft.com`),
  'api.securitycenter.windows.com',
  'api-gcc.securitycenter.microsoft.us',
  'api-gov.securitycenter.microsoft.us',
  'securitycenter.onmicrosoft.com/windowsatpservice',
  'securitycenter.microsoft.com/mtp',
];

/** Application id of the vendor's resource. */
const VENDOR_RESOURCE_ID = 'fc780465-2017-40d4-a0c5-307022471b92';

const VENDOR_AUDIENCES: ReadonlySet<string> = new Set([
  VENDOR_RESOURCE_ID,
  ...VENDOR_HOSTS.map((host) => `https://${host}`),
]);

const DEFAULT_SUFFIX = '/.default';

/** Names are compared in any letter case and with or without one trailing slash. */
function comparable(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('/') ? lower.slice(0, -1) : lower;
}

/** True for a name of the vendor's resource in any spelling, with or without `/.default`. */
export function isVendorAudience(name: string): boolean {
  return VENDOR_AUDIENCES.has(comparable(withoutDefault(name)));
}

/** True when a token of the embedded issuer with this `aud` is for this server. */
export function isOwnAudience(name: string, publicUrl: string): boolean {
  const asked = comparable(name);
  return VENDOR_AUDIENCES.has(asked) || asked === comparable(publicUrl);
}

function withoutDefault(name: string): string {
  return name.toLowerCase().endsWith(DEFAULT_SUFFIX) ? name.slice(0, -DEFAULT_SUFFIX.length) : name;
}

/**
 * The `aud` for a `resource` parameter or for one value of `scope`: the name as it was asked, without `/.default`.
 * Null when no resource here has that name.
 */
export function audienceFor(asked: string, publicUrl: string): string | null {
  const name = withoutDefault(asked);
  return isOwnAudience(name, publicUrl) ? name : null;
}

/** Scopes that ask for no resource: clients add them to every request. */
const OPENID_SCOPES: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'offline_access']);

/**
 * The `aud` for a whole `scope` parameter. Its values must be of one resource: `{resource}`, `{resource}/.default`, or
 * `{resource}/{permission}`, the last for users only.
 * @returns the audience, or the value that is not valid
 */
export function audienceForScope(
  scope: string,
  publicUrl: string,
  permissions: 'allowed' | 'refused',
): { readonly audience: string } | { readonly invalid: string } {
  const values = scope.split(' ').filter((value) => value !== '' && !OPENID_SCOPES.has(value.toLowerCase()));
  let found: string | null = null;
  for (const value of values) {
    const audience =
      audienceFor(value, publicUrl) ??
      (permissions === 'allowed'
        ? audienceFor(value.slice(0, Math.max(0, value.lastIndexOf('/'))), publicUrl)
        : null);
    if (audience === null) return { invalid: value };
    if (found !== null && comparable(found) !== comparable(audience)) return { invalid: value };
    found ??= audience;
  }
  return found === null ? { invalid: scope } : { audience: found };
}
