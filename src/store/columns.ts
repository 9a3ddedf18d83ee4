import type { Property } from '../contract/property.ts';
import type { Collection } from './collections.ts';

/** What SQL reads for a property. */
export interface Column {
  readonly sql: string;
  readonly nullable: boolean;
  /** Compared without regard to letter case: both sides are in lower case. */
  readonly folded: boolean;
}

/** Properties that Cordon has no column for; they are null of every row. */
const ABSENT = new Set(['scope']);
const NOTHING: Column = { sql: 'cast(null as text)', nullable: true, folded: false };

export const isAbsent = ({ column }: Pick<Property, 'column'>): boolean =>
  column === null || ABSENT.has(column);

/** The column as filters compare it. */
export function comparedColumn(
  collection: Collection,
  property: Pick<Property, 'column' | 'nullable'>,
): Column {
  if (isAbsent(property)) return NOTHING;
  const { column, nullable } = property;
  const folded = collection.folded[column as string];
  return { sql: folded ?? `${collection.alias}.${column}`, nullable, folded: folded !== undefined };
}

/** The column as rows are ordered by it, which is as it was stored; of a property that has one. */
export function orderedColumn(collection: Collection, { column, nullable }: Property): Column {
  return { sql: `${collection.alias}.${column}`, nullable, folded: false };
}
