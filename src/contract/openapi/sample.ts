/** A value that a schema allows, for the examples of the description. Optional properties are left out. */
import type { TSchema } from 'typebox';

interface Schema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly minLength?: number;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-03-02T09:15:20.3312801Z',
  uuid: '5b1c4c1e-8f0f-4b8b-9d55-0f2a7b6c1d2e',
};
const MACHINE_ID = '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567';

/** @param context what `@odata.context` says where the schema requires it */
export function sampleOf(schema: TSchema, context: string): unknown {
  return sample(schema as Schema, context);
}

function sample(schema: Schema, context: string): unknown {
  const { examples, allOf, anyOf, items, properties } = schema;
  if (allOf !== undefined) return { '@odata.context': context, ...(sample(allOf[0]!, context) as object) };
  if (examples?.[0] !== undefined) return examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (anyOf !== undefined) return sample(anyOf[0]!, context);
  if (items !== undefined) return schema.maxItems === 0 ? [] : [sample(items, context)];
  if (properties !== undefined) {
    const named = Object.entries(properties).filter(([name]) => schema.required?.includes(name));
    return Object.fromEntries(
      named.map(([name, inner]) => [name, name === '@odata.context' ? context : sample(inner, context)]),
    );
  }
  return plain(schema);
}

function plain({ type, format, pattern, minimum }: Schema): unknown {
  if (type === 'integer' || type === 'number') return minimum ?? 1;
  if (type === 'boolean') return true;
  if (type === 'object') return {};
  return FORMATS[format ?? ''] ?? (pattern === undefined ? 'text' : MACHINE_ID);
}
