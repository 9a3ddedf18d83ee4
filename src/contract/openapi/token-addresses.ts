/** The embedded issuer in the description: it hands out access tokens and tells what they are checked with. */
import { type TSchema, Type } from 'typebox';
import { as } from '../reply.ts';
import {
  TOKEN_REFUSALS,
  type TokenRefusal,
  type WireDiscovery,
  type WireInstanceDiscovery,
  type WireTokenError,
  type WireTokenV1,
  type WireTokenV2,
} from '../token.ts';
import { type Address, jsonReply } from './address.ts';
import { ALLOW, RETRY_AFTER } from './error-replies.ts';
import type { JsonObject } from './json.ts';
import { TOKENS } from './tags.ts';

const text = Type.String();
const texts = Type.Array(text);
const bearer = Type.Literal('Bearer');
const token = Type.String({
  description: 'The access token, a JWT.',
  examples: ['eyJhbGciOiJSUzI1NiJ9.e30.c2ln'],
});
const scope = Type.Optional(Type.String({ description: 'Only to a user: the permissions of the token.' }));

const V2 = as<WireTokenV2>()(
  Type.Object(
    {
      token_type: bearer,
      expires_in: Type.Integer(),
      ext_expires_in: Type.Integer(),
      access_token: token,
      scope,
    },
    { title: 'AccessToken' },
  ),
);
const V1 = as<WireTokenV1>()(
  Type.Object(
    {
      token_type: bearer,
      expires_in: text,
      expires_on: text,
      not_before: text,
      resource: text,
      access_token: token,
      scope,
    },
    { title: 'AccessTokenV1', description: 'Every number is a text.' },
  ),
);
const TOKEN_ERROR = as<WireTokenError>()(
  Type.Object(
    {
      error: text,
      error_description: Type.String({ description: 'Begins with `AADSTS` and the number.' }),
      error_codes: Type.Array(Type.Integer()),
      timestamp: text,
      trace_id: text,
      correlation_id: text,
    },
    { title: 'TokenError', description: 'Every error answer of the token endpoints.' },
  ),
);
const DISCOVERY = as<WireDiscovery>()(
  Type.Object(
    {
      token_endpoint: text,
      token_endpoint_auth_methods_supported: texts,
      token_endpoint_auth_signing_alg_values_supported: texts,
      jwks_uri: text,
      response_modes_supported: texts,
      subject_types_supported: texts,
      id_token_signing_alg_values_supported: texts,
      response_types_supported: texts,
      grant_types_supported: texts,
      scopes_supported: texts,
      issuer: text,
      authorization_endpoint: text,
      claims_supported: texts,
    },
    { title: 'OpenIdConfiguration' },
  ),
);
const KEYS = Type.Object(
  {
    keys: Type.Array(
      Type.Object({ kty: text, n: text, e: text, kid: text, use: text, alg: text }, { title: 'SigningKey' }),
    ),
  },
  { title: 'SigningKeys' },
);
const INSTANCE = as<WireInstanceDiscovery>()(
  Type.Object(
    {
      tenant_discovery_endpoint: text,
      'api-version': Type.Literal('1.1'),
      metadata: Type.Array(Type.Object({ preferred_network: text, preferred_cache: text, aliases: texts })),
    },
    { title: 'InstanceDiscovery' },
  ),
);

const form = (target: 'scope' | 'resource') =>
  Type.Object(
    {
      grant_type: Type.String({
        description: '`client_credentials`; an emulator takes `password` too.',
        examples: ['client_credentials'],
      }),
      client_id: Type.Optional(Type.String({ description: 'Needed, here or as HTTP Basic.' })),
      client_secret: Type.Optional(text),
      client_assertion_type: Type.Optional(text),
      client_assertion: Type.Optional(
        Type.String({ description: 'A JWT that the application’s key signed.' }),
      ),
      [target]: Type.Optional(
        Type.String({ description: 'What the token is for: a name of the vendor’s API, or the public URL.' }),
      ),
      username: Type.Optional(text),
      password: Type.Optional(text),
    },
    {
      title: target === 'scope' ? 'TokenRequest' : 'TokenRequestV1',
      description: 'Other fields are passed over.',
    },
  );

/** Headers of some statuses. */
const HEADERS: Readonly<Record<number, JsonObject>> = {
  405: { Allow: ALLOW },
  429: { 'Retry-After': RETRY_AFTER },
  503: { 'Retry-After': RETRY_AFTER },
};

/** The refusals of the token endpoints by status. @param statuses which of them */
function refusals(statuses: readonly number[]): Record<number, ReturnType<typeof jsonReply>> {
  const all = Object.values<TokenRefusal>(TOKEN_REFUSALS);
  return Object.fromEntries(
    statuses.map((status) => {
      const rows = all.filter((row) => row.status === status);
      const says = rows.map(({ error, number }) => `\`${error}\` (AADSTS${number})`).join(', ');
      return [status, jsonReply(TOKEN_ERROR, `Refused: ${says}.`, HEADERS[status])];
    }),
  );
}

const ISSUING = [400, 401, 405, 413, 429, 500, 503];
const PUBLISHING = [400, 500, 503];

const grant = (id: string, path: string, target: 'scope' | 'resource', reply: TSchema): Address => ({
  id,
  method: 'post',
  path,
  tag: TOKENS,
  summary: `Ask for an access token by \`${target}\``,
  description:
    'Client credentials: a secret in the form or as HTTP Basic, or a signed assertion. The form is also taken in the body of a GET, which some clients send. A request that was refused too often is refused with 429.',
  form: form(target),
  replies: { 200: jsonReply(reply, 'The token, for an hour.'), ...refusals(ISSUING) },
});

const published = (id: string, path: string, summary: string, reply: TSchema): Address => ({
  id,
  method: 'get',
  path,
  tag: TOKENS,
  summary,
  description: `${summary}. May be kept for an hour.`,
  form: null,
  replies: { 200: jsonReply(reply, summary), ...refusals(PUBLISHING) },
});

const discovered = (id: string, path: string) =>
  published(id, path, 'What a client library asks first', DISCOVERY);
const keys = (id: string, path: string) =>
  published(id, path, 'Keys that access tokens are checked with', KEYS);

export const TOKEN_ADDRESSES: readonly Address[] = [
  grant('requestToken', '/{tenant}/oauth2/v2.0/token', 'scope', V2),
  grant('requestTokenV1', '/{tenant}/oauth2/token', 'resource', V1),
  discovered('getConfiguration', '/{tenant}/v2.0/.well-known/openid-configuration'),
  discovered('getConfigurationV1', '/{tenant}/.well-known/openid-configuration'),
  discovered('getConfigurationOfServer', '/v2.0/.well-known/openid-configuration'),
  discovered('getConfigurationOfServerV1', '/.well-known/openid-configuration'),
  keys('getSigningKeys', '/{tenant}/discovery/v2.0/keys'),
  keys('getSigningKeysV1', '/{tenant}/discovery/keys'),
  keys('getSigningKeysOfServer', '/discovery/v2.0/keys'),
  keys('getSigningKeysOfServerV1', '/discovery/keys'),
  published(
    'getInstance',
    '/common/discovery/instance',
    'What client libraries ask of an address that they do not know',
    INSTANCE,
  ),
];
