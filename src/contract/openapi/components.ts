import type { JsonObject } from './json.ts';

/** Collects the schemas that have a name and puts references to them in their places. */
export interface Components {
  readonly schemas: Record<string, JsonObject>;
  /** The schema as the description has it at its place. @throws Error when two different schemas have one name */
  place(schema: object): JsonObject;
}

export function createComponents(): Components {
  const schemas: Record<string, JsonObject> = {};

  const within = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(within);
    if (typeof value !== 'object' || value === null) return value;
    return place(value);
  };

  const place = (schema: object): JsonObject => {
    // Examples and lists of values are no schemas, whatever their properties are called.
    const placed = Object.fromEntries(
      Object.entries(schema).map(([key, value]) => [
        key,
        ['examples', 'enum', 'const'].includes(key) ? value : within(value),
      ]),
    );
    if (typeof placed.title !== 'string') return placed;
    const { title } = placed;
    const known = schemas[title];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(placed))
      throw new Error(`Two different schemas are called ${title}.`);
    schemas[title] = placed;
    return { $ref: `#/components/schemas/${title}` };
  };

  return { schemas, place };
}
