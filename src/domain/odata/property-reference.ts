import { type EntityType, type Property, propertyNamed } from '../../contract/property.ts';
import { echo, fault, faultAt } from './fault.ts';

/** What a property is wanted for, as its error says it. */
export type Use = 'filtered' | 'ordered by' | 'selected';

const USABLE: Readonly<Record<Use, (property: Property) => boolean>> = {
  filtered: ({ filterable }) => filterable,
  'ordered by': ({ filterable, kind, column }) =>
    filterable && column !== null && kind !== 'tags' && kind !== 'complex',
  selected: () => true,
};

/**
 * The property of that name, in any letter case.
 * @param at Place of the name in the option, from 1.
 * @throws CordonError `ODataError` that lists what can be used when there is no such property, or not for this use.
 */
export function referredProperty(
  entity: EntityType,
  option: string,
  name: string,
  at: number,
  use: Use,
): Property {
  const property = propertyNamed(entity, name);
  if (property !== undefined && USABLE[use](property)) return property;
  const what =
    property === undefined
      ? `${entity.set} have no property named ${echo(name)}`
      : `the property '${property.name}' of ${entity.set} cannot be ${use}`;
  const usable = entity.properties.filter(USABLE[use]).map(({ name: known }) => known);
  throw faultAt(option, at, `${what}; these can be ${use}: ${usable.join(', ')}.`);
}

/** @throws CordonError `ODataError` when the option has no value. */
export function requireValue(option: string, value: string): void {
  if (value.trim() === '') throw fault(`The value for the query option '${option}' cannot be empty.`);
}
