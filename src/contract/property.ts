/** How the properties of an entity are described once, for replies and their schemas, `$filter`, `$orderby` and `$select` alike. */

/** What a property holds, and so which literals `$filter` may compare it with. */
export type PropertyKind = 'string' | 'enum' | 'guid' | 'time' | 'integer' | 'boolean' | 'tags' | 'complex';

export interface Property {
  /** Exact spelling on the wire; queries may use any letter case. */
  readonly name: string;
  /** What it says, for those who read the API's description. */
  readonly meaning: string;
  readonly kind: PropertyKind;
  readonly nullable: boolean;
  /** May stand in `$filter` and `$orderby`. */
  readonly filterable: boolean;
  /** Column of the store; null where the value is not stored as a column of its own. */
  readonly column: string | null;
  /** The values an `enum` can have, in the wire's spelling; matched in any letter case. */
  readonly values?: readonly string[];
}

/** An entity type: its name in `@odata.context` and its properties in the wire's order. */
export interface EntityType {
  readonly set: 'MachineActions' | 'Machines';
  readonly properties: readonly Property[];
}

/** Finds a property in any letter case; undefined when the entity has none of that name. */
export function propertyNamed(entity: EntityType, name: string): Property | undefined {
  const wanted = name.toLowerCase();
  return entity.properties.find((property) => property.name.toLowerCase() === wanted);
}
