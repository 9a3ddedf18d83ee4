/** The API's description, OpenAPI 3.1, made of the operation table and the schemas that its rows name. */
import { SESSION_COOKIES } from '../console.ts';
import type { Operation } from '../operation.ts';
import { OPERATIONS } from '../operations.ts';
import { UNSUPPORTED_OPERATIONS } from '../vendor-unsupported.ts';
import { VENDOR_SCOPE } from '../well-known.ts';
import { addressEntry } from './address.ts';
import { createComponents } from './components.ts';
import { ALLOW, errorReplies, ODATA_VERSION, RETRY_AFTER } from './error-replies.ts';
import type { JsonObject } from './json.ts';
import { operationEntry } from './operation-entry.ts';
import { SERVER_ADDRESSES } from './server-addresses.ts';
import { SESSION_ADDRESSES } from './session-addresses.ts';
import { tagGroupsAmong, tagsAmong } from './tags.ts';
import { TOKEN_ADDRESSES } from './token-addresses.ts';

export interface DescriptionOptions {
  /** Public address of the server, without a trailing slash. */
  readonly url: string;
  /** Tenant in the address of the token endpoint; the placeholder `{tenant}` where none may be told. */
  readonly tenant: string | null;
}

export interface Description {
  readonly openapi: '3.1.1';
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, JsonObject>>;
  readonly components: JsonObject;
  readonly [part: string]: unknown;
}

/** By the last part of the address, which is the operation's name at the vendor. */
const UNSUPPORTED = UNSUPPORTED_OPERATIONS.filter(({ answer }) => answer === 'NotFound')
  .map(
    ({ method, path }) =>
      `${method} ${path
        .replace(/\/:\w+$/, '')
        .split('/')
        .at(-1)!
        .replace(/\(.*/, '')}`,
  )
  .map((name) => `\`${name}\``)
  .join(', ');

const INTRODUCTION = `The machine-action API of Microsoft Defender for Endpoint as Cordon serves it, and what Cordon adds.

- The vendor's operations are served under \`/api\` and, meaning the same, \`/api/v1.0\`; what Cordon adds is under
  \`/cordon/v1\`. Paths are matched in any letter case; names in bodies are case-sensitive.
- Ask for a token at \`/{tenant}/oauth2/v2.0/token\` and send it as \`Authorization: Bearer …\`. Any one of the permissions
  that an operation names is enough.
- Every error answer has the form \`ODataError\`. A method that an address does not take is refused with 405 and \`Allow\`;
  \`GET\` includes \`HEAD\`.
- Properties may be added to answers; clients pass over those that they do not know.
- No part of this description: the signed exchange with devices, which only Cordon's own agent speaks, the controls of an
  emulator, and the redirects by which people sign in at an identity provider.
- Operations of the vendor that Cordon does not have are refused with a message that says so:
  ${UNSUPPORTED}.`;

/** Describes what a server serves. Nothing of an installation is in it save the given address and tenant. */
export function describeApi({ url, tenant }: DescriptionOptions): Description {
  const components = createComponents();
  const paths: Record<string, JsonObject> = {};
  const used = new Set<string>();
  const add = (path: string, method: string, entry: JsonObject) => {
    paths[path] = { ...paths[path], [method]: entry };
    for (const tag of entry.tags as string[]) used.add(tag);
  };
  for (const operation of Object.values<Operation>(OPERATIONS)) {
    const { path, method, entry } = operationEntry(operation, components, url);
    add(path, method, entry);
  }
  for (const address of [...TOKEN_ADDRESSES, ...SESSION_ADDRESSES, ...SERVER_ADDRESSES])
    add(address.path, address.method, addressEntry(address, components));
  const responses = errorReplies(components);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Cordon',
      version: '1.0',
      summary: 'Contain and release devices',
      description: INTRODUCTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url }],
    tags: tagsAmong(used),
    'x-tagGroups': tagGroupsAmong(used),
    paths,
    components: {
      securitySchemes: securitySchemes(url, tenant),
      headers: { 'OData-Version': ODATA_VERSION, 'Retry-After': RETRY_AFTER, Allow: ALLOW },
      responses,
      schemas: components.schemas,
    },
  };
}

function securitySchemes(url: string, tenant: string | null): JsonObject {
  const tokenUrl = `${url}/${tenant ?? '{tenant}'}/oauth2/v2.0/token`;
  return {
    application: {
      type: 'oauth2',
      description:
        'An application, by client credentials. Its token has the permissions that it was given; none is asked for by name.',
      flows: {
        clientCredentials: { tokenUrl, scopes: { [VENDOR_SCOPE]: 'All permissions of the application.' } },
      },
    },
    user: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description:
        'A user’s token with the permission in its `scp` claim, from the identity provider that is set.',
    },
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: url.startsWith('https:') ? SESSION_COOKIES.secure : SESSION_COOKIES.plain,
      description:
        'A person who is signed in to the console; the cookie counts where no `Authorization` is sent. A call that is no GET needs `X-Cordon-CSRF` with the session’s `csrfToken`, and the `Origin` of this server.',
    },
  };
}
