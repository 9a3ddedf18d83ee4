import { isLoopback } from '../../contract/loopback.ts';
import { CordonError } from '../../domain/error.ts';
import { isVendorAudience } from './audiences.ts';

/** One external OpenID Connect provider, checked. */
export interface ExternalIssuer {
  /** Its `issuer`; may hold `{tenantid}`, as that of a multi-tenant Entra ID endpoint does. */
  readonly issuer: string;
  /** True when the issuer was given; one that was derived from the address may differ by a trailing slash. */
  readonly exact: boolean;
  readonly discoveryUrl: string;
  /** The `aud` that its tokens for this server carry. */
  readonly audience: string;
  /** Cordon's tenant id for a `tid` in lower case, or for an `iss`. */
  readonly tenants: ReadonlyMap<string, string>;
  /** The client by which people sign in to the console; null where they do not. */
  readonly console: ConsoleClient | null;
}

/** The console as a client of a provider. */
export interface ConsoleClient {
  readonly clientId: string;
  /** File with its secret; null for a public client, which PKCE alone protects. */
  readonly clientSecretFile: string | null;
  readonly scope: string;
}

export const TENANT_PLACEHOLDER = '{tenantid}';
const WELL_KNOWN = '/.well-known/openid-configuration';
/** Path segments of Entra ID that stand for any tenant. */
const ANY_TENANT = /\/(common|organizations|consumers)(?=\/|$)/;
const MEMBERS: ReadonlySet<string> = new Set(['issuer', 'discoveryUrl', 'audience', 'tenants', 'console']);
const SCOPE = 'openid profile email';

/**
 * Checks the list of external issuers: `[{ issuer and/or discoveryUrl, audience, tenants: { tid or iss: tenant id }, console }]`.
 * @throws CordonError `InvalidInput` that says what is wrong
 */
export function parseExternalIssuers(value: unknown): readonly ExternalIssuer[] {
  if (!Array.isArray(value)) throw invalid('a list', 'The external issuers');
  const issuers = value.map(parseIssuer);
  const twice = issuers.find(
    (one, index) => issuers.findIndex((other) => other.issuer === one.issuer) !== index,
  );
  if (twice !== undefined)
    throw new CordonError('InvalidInput', `The issuer ${twice.issuer} is configured twice.`);
  const clients = issuers.filter((issuer) => issuer.console !== null);
  if (clients.length > 1)
    throw new CordonError('InvalidInput', 'More than one external issuer has a member console.');
  return issuers;
}

function parseIssuer(value: unknown, index: number): ExternalIssuer {
  const where = `External issuer ${index + 1}`;
  if (typeof value !== 'object' || value === null) throw invalid('an object', where);
  const given = value as Record<string, unknown>;
  const unknown = Object.keys(given).find((name) => !MEMBERS.has(name));
  if (unknown !== undefined)
    throw new CordonError('InvalidInput', `${where} has an unknown member ${unknown}.`);
  const audience = text(given.audience, `${where}: audience`);
  if (isVendorAudience(audience)) {
    throw new CordonError(
      'InvalidInput',
      `${where}: ${audience} is the vendor's own resource. Tokens for it work at the vendor and must not be sent here; register an audience for this server.`,
    );
  }
  const issuer = given.issuer === undefined ? null : text(given.issuer, `${where}: issuer`);
  const discoveryUrl =
    given.discoveryUrl === undefined ? null : text(given.discoveryUrl, `${where}: discoveryUrl`);
  const found = addresses(issuer, discoveryUrl, where);
  const client = given.console === undefined ? null : consoleClient(given.console, `${where}: console`);
  if (client !== null && found.issuer.includes(TENANT_PLACEHOLDER)) {
    throw new CordonError(
      'InvalidInput',
      `${where}: people sign in to the console at the issuer of one directory, not of any.`,
    );
  }
  return { ...found, audience, tenants: tenantMap(given.tenants, where), console: client };
}

function consoleClient(value: unknown, where: string): ConsoleClient {
  if (typeof value !== 'object' || value === null) throw invalid('an object', where);
  const { clientId, clientSecretFile, scope = SCOPE, ...rest } = value as Record<string, unknown>;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined)
    throw new CordonError('InvalidInput', `${where} has an unknown member ${unknown}.`);
  const asked = text(scope, `${where}: scope`);
  if (!asked.split(' ').includes('openid')) throw invalid('a text with openid in it', `${where}: scope`);
  return {
    clientId: text(clientId, `${where}: clientId`),
    clientSecretFile:
      clientSecretFile === undefined ? null : text(clientSecretFile, `${where}: clientSecretFile`),
    scope: asked,
  };
}

function addresses(
  issuer: string | null,
  discoveryUrl: string | null,
  where: string,
): Pick<ExternalIssuer, 'issuer' | 'exact' | 'discoveryUrl'> {
  if (issuer !== null && discoveryUrl === null && issuer.includes(TENANT_PLACEHOLDER)) {
    throw new CordonError(
      'InvalidInput',
      `${where}: an issuer with ${TENANT_PLACEHOLDER} needs a discoveryUrl.`,
    );
  }
  const url = discoveryUrl ?? (issuer === null ? null : `${issuer.replace(/\/$/, '')}${WELL_KNOWN}`);
  if (url === null) throw new CordonError('InvalidInput', `${where} needs an issuer or a discoveryUrl.`);
  if (!isFetchable(url)) throw invalid('an https address, or http on loopback', `${where}: ${url}`);
  if (issuer !== null) return { issuer, exact: true, discoveryUrl: url };
  if (!url.endsWith(WELL_KNOWN))
    throw invalid(`an address that ends with ${WELL_KNOWN}`, `${where}: discoveryUrl`);
  const derived = url.slice(0, -WELL_KNOWN.length).replace(ANY_TENANT, `/${TENANT_PLACEHOLDER}`);
  return { issuer: derived, exact: false, discoveryUrl: url };
}

function tenantMap(value: unknown, where: string): ReadonlyMap<string, string> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (entries.length === 0)
    throw invalid('a map of at least one tid or issuer to a tenant id', `${where}: tenants`);
  return new Map(entries.map(([name, id]) => [tenantKey(name), text(id, `${where}: tenants`).toLowerCase()]));
}

/** Directory ids are compared in lower case, issuers as they are. */
export function tenantKey(name: string): string {
  return name.includes('://') ? name : name.toLowerCase();
}

/** True for an address that keys may be fetched from. */
export function isFetchable(address: string): boolean {
  const url = URL.parse(address);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

function text(value: unknown, where: string): string {
  if (typeof value !== 'string' || value === '') throw invalid('a text', where);
  return value;
}

function invalid(expected: string, where: string): CordonError {
  return new CordonError('InvalidInput', `${where} must be ${expected}.`);
}
