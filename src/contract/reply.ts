/** Helpers that make the schema of an answer. */
import { type Static, type TSchema, Type } from 'typebox';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? unknown : never) : never;

/** A schema that does not compile unless it is what the type says: `as<WireRole>()(Type.Object(…))`. */
export const as =
  <T>() =>
  <S extends TSchema>(schema: S & Same<Static<S>, T>): S =>
    schema;

/** Context, count and link in the order of the wire. */
const context = Type.String({ description: 'What the answer holds, as OData says it.' });
const count = Type.Integer({ minimum: 0, description: 'How many entries match; only with `$count=true`.' });
const next = Type.String({
  format: 'uri',
  description: 'Address of the next page; only where the server cut the answer short.',
});

/** One entity of the OData wire, with its context in front. */
export const entity = (schema: TSchema): TSchema =>
  Type.Unsafe({ allOf: [schema, { type: 'object', required: ['@odata.context'] }] });

/** A collection of the OData wire. @param title its name in the description */
export const collection = (title: string, schema: TSchema): TSchema =>
  Type.Object(
    {
      '@odata.context': context,
      '@odata.count': Type.Optional(count),
      value: Type.Array(schema),
      '@odata.nextLink': Type.Optional(next),
    },
    { title },
  );

/** All there is of something, as what Cordon adds answers it. */
export const list = (schema: TSchema): TSchema => Type.Object({ value: Type.Array(schema) });

/** A page of what Cordon adds. @param title its name in the description */
export const page = (title: string, schema: TSchema): TSchema =>
  Type.Object({ value: Type.Array(schema), '@odata.nextLink': Type.Optional(next) }, { title });

/** A number as plain text. */
export const NUMBER: TSchema = Type.Integer({ minimum: 0, examples: [3] });
