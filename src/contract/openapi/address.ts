import type { TSchema } from 'typebox';
import type { Components } from './components.ts';
import type { JsonObject } from './json.ts';
import { pathParameters } from './path.ts';
import { sampleOf } from './sample.ts';

/** An answer of an address that is no operation of the table. */
export interface AddressReply {
  readonly description: string;
  /** Null for an answer without a body. */
  readonly schema: TSchema | null;
  readonly headers: JsonObject;
}

/** An address that needs no access token of the API's permissions, and so is no operation of the table. */
export interface Address {
  readonly id: string;
  readonly method: 'get' | 'post' | 'delete';
  readonly path: string;
  readonly tag: { readonly name: string };
  readonly summary: string;
  readonly description: string;
  /** Schema of the form that it takes; null where it takes none. */
  readonly form: TSchema | null;
  /** Schema of the JSON that it takes; left out where it takes none. */
  readonly body?: TSchema;
  /** Schemes that it takes; none when left out. */
  readonly security?: readonly JsonObject[];
  /** Answers by status; a text stands for an answer of the description's components. */
  readonly replies: Readonly<Record<number, AddressReply | string>>;
}

const FORM = 'application/x-www-form-urlencoded';

export const jsonReply = (schema: TSchema, description: string, headers: JsonObject = {}): AddressReply => ({
  description,
  schema,
  headers,
});

export const emptyReply = (description: string, headers: JsonObject = {}): AddressReply => ({
  description,
  schema: null,
  headers,
});

/** The entry of an address in the description. */
export function addressEntry(address: Address, { place }: Components): JsonObject {
  const { id, path, tag, summary, description, form, body, replies, security = [] } = address;
  const parameters = pathParameters(path);
  const [type, sent] = body === undefined ? [FORM, form] : ['application/json', body];
  return {
    operationId: id,
    summary,
    description,
    tags: [tag.name],
    security: [...security],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(sent === null
      ? {}
      : { requestBody: { required: true, content: { [type]: { schema: place(sent) } } } }),
    responses: Object.fromEntries(
      Object.entries(replies).map(([status, reply]) => [
        status,
        typeof reply === 'string'
          ? { $ref: `#/components/responses/${reply}` }
          : {
              description: reply.description,
              headers: { 'OData-Version': { $ref: '#/components/headers/OData-Version' }, ...reply.headers },
              ...(reply.schema === null
                ? {}
                : {
                    content: {
                      'application/json': {
                        schema: place(reply.schema),
                        example: sampleOf(reply.schema, ''),
                      },
                    },
                  }),
            },
      ]),
    ),
  };
}
