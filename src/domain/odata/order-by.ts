import type { EntityType } from '../../contract/property.ts';
import type { OrderTerm } from '../query.ts';
import { cursorOver } from './cursor.ts';
import { faultAt } from './fault.ts';
import { referredProperty, requireValue } from './property-reference.ts';

const OPTION = '$orderby';
/** More terms than this sort no better and make no index useful. */
const MAX_TERMS = 8;

/**
 * Reads `a desc, b asc, c`, words in any letter case.
 * @throws CordonError `ODataError` for properties that cannot be ordered by, repeated ones, or more than eight.
 */
export function parseOrderBy(entity: EntityType, text: string): OrderTerm[] {
  requireValue(OPTION, text);
  const cursor = cursorOver(OPTION, text);
  const terms: OrderTerm[] = [];
  do {
    const name = cursor.peek();
    if (name.kind !== 'word') throw cursor.unexpected('a property');
    if (terms.length === MAX_TERMS) throw faultAt(OPTION, name.at, `${MAX_TERMS} terms are the most.`);
    cursor.take();
    const property = referredProperty(entity, OPTION, name.text, name.at, 'ordered by');
    if (terms.some((term) => term.property === property)) {
      throw faultAt(OPTION, name.at, `the property '${property.name}' stands twice.`);
    }
    const direction = cursor.word();
    if (direction === 'asc' || direction === 'desc') cursor.take();
    terms.push({ property, descending: direction === 'desc' });
  } while (cursor.accept(','));
  if (cursor.peek().kind !== 'end') throw cursor.unexpected("'asc', 'desc', ',' or the end");
  return terms;
}

/** The order as `$orderby` text, one text for one order; empty when there are no terms. */
export function orderText(terms: readonly OrderTerm[]): string {
  return terms
    .map(({ property, descending }) => `${property.name} ${descending ? 'desc' : 'asc'}`)
    .join(', ');
}
