/**
 * What the token endpoints say: replies, and every refusal with its OAuth error, status and AADSTS number (reference,
 * section 8.1; statuses that the pages leave open are those of the vendor's service).
 */

/** Seconds a token serves, as the vendor's replies say. */
export const TOKEN_LIFETIME = 3599;

/** Reply of `/oauth2/v2.0/token`. */
export interface WireTokenV2 {
  token_type: 'Bearer';
  expires_in: number;
  ext_expires_in: number;
  access_token: string;
  /** Only to a user's grant: the permissions of the token, each as `{resource}/{name}`. */
  scope?: string;
}

/** Reply of `/oauth2/token`: every number is a string. */
export interface WireTokenV1 {
  token_type: 'Bearer';
  expires_in: string;
  expires_on: string;
  not_before: string;
  resource: string;
  access_token: string;
  scope?: string;
}

/** OpenID Connect discovery document of the embedded issuer. */
export interface WireDiscovery {
  token_endpoint: string;
  token_endpoint_auth_methods_supported: string[];
  token_endpoint_auth_signing_alg_values_supported: string[];
  jwks_uri: string;
  response_modes_supported: string[];
  subject_types_supported: string[];
  id_token_signing_alg_values_supported: string[];
  response_types_supported: string[];
  grant_types_supported: string[];
  scopes_supported: string[];
  issuer: string;
  /** Clients insist on it; there is nothing behind it, as no grant of this server begins in a browser. */
  authorization_endpoint: string;
  claims_supported: string[];
}

/** Answer to the instance discovery that clients make of an address they do not know. */
export interface WireInstanceDiscovery {
  tenant_discovery_endpoint: string;
  'api-version': '1.1';
  metadata: { preferred_network: string; preferred_cache: string; aliases: string[] }[];
}

export interface WireTokenError {
  error: string;
  /** Begins with `AADSTS` and the number. */
  error_description: string;
  error_codes: number[];
  /** `2026-03-02 09:15:20Z`. */
  timestamp: string;
  trace_id: string;
  correlation_id: string;
}

/** One refusal; `{subject}` in the text is replaced by what the refusal is about, never by a secret. */
export interface TokenRefusal {
  readonly status: number;
  readonly error: string;
  readonly number: number;
  readonly text: string;
}

export const TOKEN_REFUSALS = {
  unknownTenant: {
    status: 400,
    error: 'invalid_request',
    number: 90002,
    text: "Tenant '{subject}' not found. Check to make sure you have the correct tenant ID or name.",
  },
  missingParameter: {
    status: 400,
    error: 'invalid_request',
    number: 900144,
    text: "The request body must contain the following parameter: '{subject}'.",
  },
  duplicateParameter: {
    status: 400,
    error: 'invalid_request',
    number: 9000411,
    text: "The request is not properly formatted. The parameter '{subject}' is duplicated.",
  },
  malformed: {
    status: 400,
    error: 'invalid_request',
    number: 90013,
    text: 'Invalid input received from the user: {subject}.',
  },
  tooLarge: {
    status: 413,
    error: 'invalid_request',
    number: 90013,
    text: 'Invalid input received from the user: the request body is larger than {subject} bytes.',
  },
  onlyPost: {
    status: 400,
    error: 'invalid_request',
    number: 900561,
    text: 'The endpoint only accepts POST requests. Received a {subject} request without a form.',
  },
  wrongMethod: {
    status: 405,
    error: 'invalid_request',
    number: 900561,
    text: 'The endpoint only accepts POST requests. Received a {subject} request.',
  },
  unsupportedGrant: {
    status: 400,
    error: 'unsupported_grant_type',
    number: 70003,
    text: "The app requested an unsupported grant type '{subject}'.",
  },
  unknownClient: {
    status: 400,
    error: 'unauthorized_client',
    number: 700016,
    text: "Application with identifier '{subject}' was not found in the directory. Check that it was created, and in this tenant.",
  },
  revokedClient: {
    status: 400,
    error: 'unauthorized_client',
    number: 7000112,
    text: "Application '{subject}' is disabled.",
  },
  noCredential: {
    status: 401,
    error: 'invalid_client',
    number: 7000216,
    text: "'client_assertion' or 'client_secret' is required for the '{subject}' grant type.",
  },
  wrongSecret: {
    status: 401,
    error: 'invalid_client',
    number: 7000215,
    text: "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{subject}'.",
  },
  expiredSecret: {
    status: 401,
    error: 'invalid_client',
    number: 7000222,
    text: "The provided client secret keys for app '{subject}' are expired.",
  },
  badAssertion: {
    status: 401,
    error: 'invalid_client',
    number: 700027,
    text: 'Client assertion failed validation. [Reason - {subject}]',
  },
  unknownResource: {
    status: 400,
    error: 'invalid_resource',
    number: 500011,
    text: 'The resource principal named {subject} was not found in the tenant.',
  },
  unknownScope: {
    status: 400,
    error: 'invalid_scope',
    number: 70011,
    text: "The provided value for the input parameter 'scope' is not valid. The scope {subject} is not valid.",
  },
  wrongPassword: {
    status: 400,
    error: 'invalid_grant',
    number: 50126,
    text: 'Error validating credentials due to invalid username or password.',
  },
  tooManyFailures: {
    status: 429,
    error: 'temporarily_unavailable',
    number: 90055,
    text: "Too many failed requests for '{subject}'. Try again later.",
  },
  unavailable: {
    status: 503,
    error: 'temporarily_unavailable',
    number: 90033,
    text: 'A transient error has occurred. Please try again.',
  },
  fault: {
    status: 500,
    error: 'server_error',
    number: 50000,
    text: 'There was an error issuing a token.',
  },
} as const satisfies Record<string, TokenRefusal>;

export type TokenRefusalName = keyof typeof TOKEN_REFUSALS;
