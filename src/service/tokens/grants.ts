import type { Tenant } from '../../domain/access-records.ts';
import type { AccessStore } from '../../store/port.ts';
import { audienceFor, audienceForScope } from './audiences.ts';
import { createClients, offeredClient, type ProvenClient } from './clients.ts';
import type { Failures } from './failures.ts';
import type { IssuedToken, Issuer } from './issue.ts';
import type { Passwords } from './passwords.ts';
import type { PublicUrl } from './public-url.ts';
import { isRefused, type Refused, refuse } from './refusal.ts';
import { findTenant } from './tenants.ts';

export interface TokenRequest {
  /** Id or name of the tenant, as it stands in the path. */
  readonly tenant: string;
  /** 1 asks by `resource`, 2 by `scope`. */
  readonly version: 1 | 2;
  /** The body, form-urlencoded. Parameters of the query never count: addresses end up in logs. */
  readonly body: string;
  readonly authorization: string | undefined;
  /** Where the request comes from, for counting failures. */
  readonly address: string;
}

export interface TokenService {
  /**
   * Carries out a grant.
   * @throws CordonError `ServiceUnavailable` when the store or the clock cannot answer now
   */
  answer(request: TokenRequest): Promise<IssuedToken | Refused>;
}

/** Parameters that are read; all others are ignored, as clients send many. */
const PARAMETERS = [
  'grant_type',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'resource',
  'scope',
  'username',
  'password',
];

/** A grant that reached its handler: the tenant is known and the client proven as far as it offered proof. */
interface Granting {
  readonly tenant: Tenant;
  readonly form: ReadonlyMap<string, string>;
  readonly client: ProvenClient;
  readonly audience: string;
  readonly address: string;
}

export function createTokenService(options: {
  readonly store: Pick<
    AccessStore,
    'tenants' | 'application' | 'applicationSecrets' | 'applicationKeys' | 'useAssertion'
  >;
  readonly issuer: Issuer;
  readonly publicUrl: PublicUrl;
  /** Milliseconds since 1970; may throw while the clock is in doubt. */
  readonly milliseconds: () => number;
  /** In the emulator only: users of the embedded issuer exist nowhere else. */
  readonly passwords: Passwords | null;
  readonly failures: Failures;
}): TokenService {
  const { store, issuer, publicUrl, milliseconds, passwords, failures } = options;
  const clients = createClients({ store, publicUrl, milliseconds, failures });

  async function clientCredentials({ client, audience }: Granting): Promise<IssuedToken | Refused> {
    if (client.proof === 'none') return refuse('noCredential', 'client_credentials');
    return issuer.forApplication(client.application, client.proof, audience);
  }

  const byPassword =
    (passwords: Passwords) =>
    async ({ tenant, form, client, audience, address }: Granting): Promise<IssuedToken | Refused> => {
      const name = form.get('username');
      const offered = form.get('password');
      if (name === undefined) return refuse('missingParameter', 'username');
      if (offered === undefined) return refuse('missingParameter', 'password');
      const user = await passwords.prove(tenant.id, name, offered, address);
      return isRefused(user) ? user : issuer.forUser(user, client.application, client.proof, audience);
    };

  const grants: ReadonlyMap<string, (granting: Granting) => Promise<IssuedToken | Refused>> = new Map([
    ['client_credentials', clientCredentials],
    ...(passwords === null ? [] : ([['password', byPassword(passwords)]] as const)),
  ]);

  return {
    async answer(request) {
      const tenant = await findTenant(store, request.tenant);
      if (tenant === null) return refuse('unknownTenant', request.tenant);
      const form = readForm(request.body);
      if (isRefused(form)) return form;
      const grantType = form.get('grant_type');
      if (grantType === undefined) return refuse('missingParameter', 'grant_type');
      const grant = grants.get(grantType);
      if (grant === undefined) return refuse('unsupportedGrant', grantType);
      const offered = offeredClient(form, request.authorization);
      if (isRefused(offered)) return offered;
      const client = await clients.prove(offered, tenant, request.address);
      if (isRefused(client)) return client;
      const audience = readAudience(form, request.version, publicUrl(), grantType);
      if (isRefused(audience)) return audience;
      return grant({ tenant, form, client, audience: audience.audience, address: request.address });
    },
  };
}

/** The parameters that count, each once. An empty value is one that is missing. */
function readForm(body: string): ReadonlyMap<string, string> | Refused {
  const given = new URLSearchParams(body);
  const form = new Map<string, string>();
  for (const name of PARAMETERS) {
    const values = given.getAll(name);
    if (values.length > 1) return refuse('duplicateParameter', name);
    const value = values[0] ?? '';
    if (value.includes('\0')) return refuse('malformed', `the parameter '${name}' contains U+0000`);
    if (value !== '') form.set(name, value);
  }
  return form;
}

function readAudience(
  form: ReadonlyMap<string, string>,
  version: 1 | 2,
  publicUrl: string,
  grantType: string,
): { readonly audience: string } | Refused {
  const name = version === 1 ? 'resource' : 'scope';
  const asked = form.get(name);
  if (asked === undefined) return refuse('missingParameter', name);
  if (version === 1) {
    const audience = audienceFor(asked, publicUrl);
    return audience === null ? refuse('unknownResource', asked) : { audience };
  }
  const found = audienceForScope(asked, publicUrl, grantType === 'password' ? 'allowed' : 'refused');
  return 'invalid' in found ? refuse('unknownScope', found.invalid) : found;
}
