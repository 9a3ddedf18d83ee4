import { type JWTPayload, jwtVerify } from 'jose';
import type { Caller, UserCaller } from '../../domain/caller.ts';
import { type ExternalIssuer, TENANT_PLACEHOLDER, tenantKey } from './external-config.ts';
import { createProvider, PROVIDER_TIMING, type Provider, type ProviderTiming } from './provider.ts';
import {
  ACCEPTED_ALGORITHMS,
  CLOCK_TOLERANCE,
  listClaim,
  refused,
  textClaim,
  type UnverifiedToken,
} from './reading.ts';
import type { TokenSource } from './source.ts';

/** Tokens of the external issuers; each is tried with the keys of its own issuer only. */
export function createExternalSources(options: {
  readonly issuers: readonly ExternalIssuer[];
  readonly milliseconds: () => number;
  readonly fetch: typeof fetch;
  readonly timing?: ProviderTiming;
}): readonly TokenSource[] {
  const { issuers, milliseconds, timing = PROVIDER_TIMING } = options;
  return issuers.map((configured) =>
    createSource(
      configured,
      createProvider({ configured, milliseconds, fetch: options.fetch, timing }),
      milliseconds,
    ),
  );
}

function createSource(
  configured: ExternalIssuer,
  provider: Provider,
  milliseconds: () => number,
): TokenSource {
  return {
    claims: ({ payload }) => {
      const expected = forTenant(configured.issuer, payload);
      if (typeof payload.iss !== 'string' || expected === null) return false;
      const named = configured.exact ? payload.iss : payload.iss.replace(/\/$/, '');
      return named === expected;
    },
    async verify(token) {
      const tenantId = tenantOf(configured, token.payload);
      if (tenantId === null) throw refused('The tenant of the access token has no access here.');
      const issuer = forTenant(await provider.issuer(), token.payload);
      if (issuer === null) throw refused('The issuer of the access token is not accepted.');
      const { payload } = await jwtVerify(token.text, provider.key, {
        algorithms: ACCEPTED_ALGORITHMS,
        issuer,
        audience: configured.audience,
        currentDate: new Date(milliseconds()),
        clockTolerance: CLOCK_TOLERANCE,
        requiredClaims: ['exp'],
      });
      checkKeyTenant(provider, token);
      return {
        caller: callerOf(payload, tenantId),
        expiresAt: (payload.exp as number) * 1000,
        application: null,
      };
    },
  };
}

/** An issuer with the placeholder filled in from the token; null when the token has no `tid` for it. */
function forTenant(issuer: string, payload: JWTPayload): string | null {
  if (!issuer.includes(TENANT_PLACEHOLDER)) return issuer;
  const tid = textClaim(payload, 'tid');
  return tid === null ? null : issuer.replace(TENANT_PLACEHOLDER, tid);
}

/** Cordon's tenant of a token, null when it has none. */
export function tenantOf(configured: ExternalIssuer, payload: JWTPayload): string | null {
  const names = [textClaim(payload, 'tid'), textClaim(payload, 'iss')];
  for (const name of names) {
    const tenantId = name === null ? undefined : configured.tenants.get(tenantKey(name));
    if (tenantId !== undefined) return tenantId;
  }
  return null;
}

/** A multi-tenant key set may hold keys of single tenants, which say so; such a key signs for its tenant only. */
function checkKeyTenant(provider: Provider, { kid, payload }: UnverifiedToken): void {
  const owner = kid === null ? undefined : (provider.published(kid) as { issuer?: unknown } | null)?.issuer;
  const tid = textClaim(payload, 'tid');
  if (typeof owner !== 'string' || owner.includes(TENANT_PLACEHOLDER) || tid === null) return;
  if (!owner.includes(tid)) throw refused('The key that signed the access token is not one of its tenant.');
}

/** Claims that only an ID token has: it proves a sign-in somewhere and authorises nothing here. */
const ID_TOKEN_CLAIMS = ['at_hash', 'c_hash', 'nonce'];
const USER_NAME_CLAIMS = ['upn', 'preferred_username', 'unique_name'];

function callerOf(payload: JWTPayload, tenantId: string): Caller {
  if (ID_TOKEN_CLAIMS.some((name) => name in payload)) throw refused('The token is not an access token.');
  const client = textClaim(payload, 'appid', 'azp', 'client_id');
  if (client !== null && isForApplication(payload, client)) {
    return {
      kind: 'application',
      tenantId,
      id: client,
      name: textClaim(payload, 'app_displayname') ?? client,
      permissions: listClaim(payload, 'roles'),
    };
  }
  const scope = payload.scp ?? payload.scope;
  const subject = textClaim(payload, 'oid', 'sub');
  if (scope === undefined || subject === null) {
    throw refused("The access token is neither a user's, with scp, nor clearly an application's.");
  }
  return {
    kind: 'user',
    tenantId,
    ...identityOf(payload),
    administrator: false,
    permissions:
      typeof scope === 'string'
        ? scope.split(' ').filter((name) => name !== '')
        : listClaim({ scope }, 'scope'),
  };
}

/** Who a user is, by the claims of any token of a user. */
export function identityOf(
  payload: JWTPayload,
): Pick<UserCaller, 'principal' | 'name' | 'objectId' | 'groups'> {
  const objectId = textClaim(payload, 'oid', 'sub') ?? '';
  const principal = textClaim(payload, ...USER_NAME_CLAIMS) ?? objectId;
  const name = textClaim(payload, 'name') ?? principal;
  return { principal, name, objectId, groups: listClaim(payload, 'groups') };
}

/**
 * Roles of a user must never pass for those of an application, so an application's token has to say so: by `idtyp`;
 * by `oid` and `sub` being the same, as in Entra ID's application tokens; or by `sub` being the client (RFC 9068,
 * section 2.2).
 */
function isForApplication(payload: JWTPayload, client: string): boolean {
  if (payload.scp !== undefined || USER_NAME_CLAIMS.some((name) => name in payload)) return false;
  if (payload.idtyp !== undefined) return payload.idtyp === 'app';
  return payload.sub !== undefined && (payload.sub === payload.oid || payload.sub === client);
}
