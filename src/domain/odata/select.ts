import type { EntityType, Property } from '../../contract/property.ts';
import { cursorOver } from './cursor.ts';
import { referredProperty, requireValue } from './property-reference.ts';

const OPTION = '$select';

/**
 * Reads a list of properties, names in any letter case; a repeated one counts once. The answer is in the wire's order;
 * null, meaning all, when `*` is in the list.
 * @throws CordonError `ODataError` for a property that the entity does not have.
 */
export function parseSelect(entity: EntityType, text: string): Property[] | null {
  requireValue(OPTION, text);
  const cursor = cursorOver(OPTION, text);
  const wanted = new Set<Property>();
  let all = false;
  do {
    if (cursor.accept('*')) {
      all = true;
      continue;
    }
    const name = cursor.peek();
    if (name.kind !== 'word') throw cursor.unexpected("a property or '*'");
    cursor.take();
    wanted.add(referredProperty(entity, OPTION, name.text, name.at, 'selected'));
  } while (cursor.accept(','));
  if (cursor.peek().kind !== 'end') throw cursor.unexpected("',' or the end");
  return all ? null : entity.properties.filter((property) => wanted.has(property));
}
