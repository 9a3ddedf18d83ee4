import type { JWK } from 'jose';
import type { WireDiscovery, WireInstanceDiscovery } from '../../contract/token.ts';
import type { AccessStore } from '../../store/port.ts';
import { TENANT_PLACEHOLDER } from './external-config.ts';
import { EMBEDDED_ALGORITHM, type TokenKeys } from './keys.ts';
import { issuerOf, type PublicUrl } from './public-url.ts';
import { ACCEPTED_ALGORITHMS } from './reading.ts';
import { type Refused, refuse } from './refusal.ts';
import { findTenant } from './tenants.ts';

/** Names that clients use for "any tenant" in an address. */
const ANY_TENANT: ReadonlySet<string> = new Set(['common', 'organizations']);

/** What the embedded issuer publishes about itself. */
export interface Discovery {
  /** Null asks for no tenant: the only one there is, else the document with a placeholder. */
  document(tenant: string | null, version: 1 | 2): Promise<WireDiscovery | Refused>;
  keySet(tenant: string | null): Promise<{ readonly keys: readonly JWK[] } | Refused>;
  instance(): WireInstanceDiscovery;
}

export function createDiscovery(options: {
  readonly store: Pick<AccessStore, 'tenants'>;
  readonly keys: TokenKeys;
  readonly publicUrl: PublicUrl;
  readonly passwordGrant: boolean;
}): Discovery {
  const { store, keys, publicUrl, passwordGrant } = options;

  /** The tenant's id, the placeholder where none is asked for and there are several, or null for an unknown one. */
  async function tenantId(reference: string | null): Promise<string | null> {
    if (reference !== null && !ANY_TENANT.has(reference.toLowerCase())) {
      return (await findTenant(store, reference))?.id ?? null;
    }
    const tenants = await store.tenants();
    return tenants.length === 1 ? tenants[0]!.id : TENANT_PLACEHOLDER;
  }

  return {
    async document(reference, version) {
      const tenant = await tenantId(reference);
      if (tenant === null) return refuse('unknownTenant', reference ?? '');
      // A client goes on with the tenant that it asked with.
      const path = tenant === TENANT_PLACEHOLDER ? `${publicUrl()}/common` : `${publicUrl()}/${tenant}`;
      const [oauth, discovery] = version === 1 ? ['oauth2', 'discovery'] : ['oauth2/v2.0', 'discovery/v2.0'];
      return {
        token_endpoint: `${path}/${oauth}/token`,
        token_endpoint_auth_methods_supported: [
          'client_secret_post',
          'private_key_jwt',
          'client_secret_basic',
        ],
        token_endpoint_auth_signing_alg_values_supported: ACCEPTED_ALGORITHMS,
        jwks_uri: `${path}/${discovery}/keys`,
        response_modes_supported: ['query'],
        subject_types_supported: ['pairwise'],
        id_token_signing_alg_values_supported: [EMBEDDED_ALGORITHM],
        response_types_supported: ['token'],
        grant_types_supported: ['client_credentials', ...(passwordGrant ? ['password'] : [])],
        scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
        issuer: issuerOf(publicUrl(), tenant),
        authorization_endpoint: `${path}/${oauth}/authorize`,
        claims_supported: [
          'aud',
          'iss',
          'iat',
          'nbf',
          'exp',
          'appid',
          'appidacr',
          'oid',
          'roles',
          'scp',
          'sub',
          'tid',
          'upn',
          'ver',
        ],
      };
    },
    async keySet(reference) {
      if ((await tenantId(reference)) === null) return refuse('unknownTenant', reference ?? '');
      return { keys: await keys.publicKeys() };
    },
    instance() {
      const { host } = new URL(publicUrl());
      return {
        tenant_discovery_endpoint: `${publicUrl()}/common/v2.0/.well-known/openid-configuration`,
        'api-version': '1.1',
        metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
      };
    },
  };
}
