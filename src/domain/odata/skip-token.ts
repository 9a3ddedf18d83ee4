import type { EntityType, PropertyKind } from '../../contract/property.ts';
import type { Literal, Query } from '../query.ts';
import { fault } from './fault.ts';
import { filterText } from './filter-text.ts';
import { orderText } from './order-by.ts';

/** The part of a query that decides which rows come in which order. */
export type QueryShape = Pick<Query, 'filter' | 'orderBy'>;

/** How many values say where a page in the collection's own order ended: newest first (time, id), and by id. */
const OWN_ORDER_VALUES: Readonly<Record<EntityType['set'], number>> = { MachineActions: 2, Machines: 1 };

/**
 * An opaque `$skiptoken` that says after which row the next page begins. It carries a digest of the filter and the
 * order it belongs to. The digest prevents mistakes; it is no signature, and what a caller may see does not hang on it.
 * @param values Those of the order terms (or of the collection's own order) and then the id, unless it is one of them.
 */
export function encodeSkipToken(shape: QueryShape, values: readonly Literal[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify([digest(shape), ...values]));
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** @throws CordonError `ODataError` when the text is no token, or one of another query. */
export function decodeSkipToken(entity: EntityType, shape: QueryShape, text: string): Literal[] {
  const [owner, ...values] = content(text);
  if (owner !== digest(shape)) throw fault("The '$skiptoken' belongs to another query.");
  if (!fits(entity, shape, values)) throw malformed();
  return values;
}

const malformed = (): Error => fault("The '$skiptoken' is not one that this server issued.");

function content(text: string): unknown[] {
  if (!/^[\w-]+$/.test(text)) throw malformed();
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (byte) =>
      byte.charCodeAt(0),
    );
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (Array.isArray(value)) return value;
  } catch {
    // Broken base64, UTF-8 and JSON are the same to the caller.
  }
  throw malformed();
}

/** A value per order term, each of its property's kind, and one for the id unless the order names it. */
function fits({ set }: EntityType, { orderBy }: QueryShape, values: unknown[]): values is Literal[] {
  if (orderBy.length === 0) return values.length === OWN_ORDER_VALUES[set] && values.every(isText);
  const kinds = orderBy.map(({ property }) => property.kind);
  if (!orderBy.some(({ property }) => property.name === 'id')) kinds.push('string');
  return values.length === kinds.length && kinds.every((kind, index) => isValueOf(kind, values[index]));
}

function isValueOf(kind: PropertyKind, value: unknown): boolean {
  if (value === null) return true;
  if (kind === 'integer') return Number.isSafeInteger(value);
  // A store may keep truth values as 0 and 1.
  if (kind === 'boolean') return typeof value === 'boolean' || value === 0 || value === 1;
  return isText(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\u0000');
}

/** Two multiplicative hashes of 32 bits over the printed query, in hexadecimal; mistakes are all they need to catch. */
function digest({ filter, orderBy }: QueryShape): string {
  const text = `${filter === null ? '' : filterText(filter)}\n${orderText(orderBy)}`;
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit ^ (low >>> 15), 0x85ebca6b);
  }
  return [low, high].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
