import type { TSchema } from 'typebox';
import type { Components } from './components.ts';
import type { JsonObject } from './json.ts';
import { pathParameters } from './path.ts';
import { sampleOf } from './sample.ts';

/** An answer of an address that is no operation of the table. */
export interface AddressReply {
  readonly description: string;
  readonly schema: TSchema;
  readonly headers: JsonObject;
}

/** An address that needs no access token of the API's permissions, and so is no operation of the table. */
export interface Address {
  readonly id: string;
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly tag: { readonly name: string };
  readonly summary: string;
  readonly description: string;
  /** Schema of the form that it takes; null where it takes no body. */
  readonly form: TSchema | null;
  /** Answers by status; a text stands for an answer of the description's components. */
  readonly replies: Readonly<Record<number, AddressReply | string>>;
}

export const jsonReply = (schema: TSchema, description: string, headers: JsonObject = {}): AddressReply => ({
  description,
  schema,
  headers,
});

/** The entry of an address in the description. */
export function addressEntry(address: Address, { place }: Components): JsonObject {
  const { id, path, tag, summary, description, form, replies } = address;
  const parameters = pathParameters(path);
  return {
    operationId: id,
    summary,
    description,
    tags: [tag.name],
    security: [],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(form === null
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/x-www-form-urlencoded': { schema: place(form) } },
          },
        }),
    responses: Object.fromEntries(
      Object.entries(replies).map(([status, reply]) => [
        status,
        typeof reply === 'string'
          ? { $ref: `#/components/responses/${reply}` }
          : {
              description: reply.description,
              headers: { 'OData-Version': { $ref: '#/components/headers/OData-Version' }, ...reply.headers },
              content: {
                'application/json': { schema: place(reply.schema), example: sampleOf(reply.schema, '') },
              },
            },
      ]),
    ),
  };
}
