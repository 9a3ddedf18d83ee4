/** The schema of an entity type, made of the one table of its properties. */
import { type TSchema, Type } from 'typebox';
import type { EntityType, Property, PropertyKind } from './property.ts';

const text = Type.String();

const KINDS: Readonly<Record<PropertyKind, object>> = {
  string: { type: 'string' },
  enum: { type: 'string' },
  guid: { type: 'string', format: 'uuid' },
  time: { type: 'string', format: 'date-time' },
  integer: { type: 'integer' },
  boolean: { type: 'boolean' },
  tags: { type: 'array', items: text },
  complex: {},
};

/** What the properties of kind `complex` hold. */
const COMPLEX: Readonly<Record<string, object>> = {
  relatedFileInfo: Type.Object({
    fileIdentifier: text,
    fileIdentifierType: Type.Enum(['Sha1', 'Sha256', 'Md5']),
  }),
  commands: Type.Array(Type.Object({}), { maxItems: 0 }),
  ipAddresses: Type.Array(
    Type.Object({
      ipAddress: text,
      macAddress: Type.Union([text, Type.Null()]),
      type: text,
      operationalStatus: text,
    }),
  ),
  vmMetadata: { type: 'null' },
};

function schemaOf({ name, meaning, kind, nullable, values }: Property): TSchema {
  const plain: { type?: string } = kind === 'complex' ? (COMPLEX[name] ?? {}) : KINDS[kind];
  const type = nullable && plain.type !== 'null' ? { type: [plain.type, 'null'] } : {};
  const among = values === undefined ? {} : { enum: nullable ? [...values, null] : [...values] };
  return Type.Unsafe({ ...plain, ...type, ...among, description: meaning });
}

/** Of the context that stands in front of an entity which is the whole answer. */
const CONTEXT = Type.Optional(
  Type.String({ description: 'Only where the entity is the whole answer: what it is, as OData says it.' }),
);

/**
 * An entity by its name in the description.
 * @param more what Cordon adds to it
 */
export function entitySchema(
  entity: EntityType,
  title: string,
  description: string,
  example: object,
  more: Readonly<Record<string, TSchema>> = {},
): TSchema {
  const own = Object.fromEntries(entity.properties.map((property) => [property.name, schemaOf(property)]));
  const context = { '@odata.context': CONTEXT };
  return Type.Object({ ...context, ...own, ...more }, { title, description, examples: [example] });
}
