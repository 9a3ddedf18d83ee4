import type { EntityType, Property } from '../../contract/property.ts';
import type { Filter } from '../query.ts';
import { condition, type Scope } from './condition.ts';
import type { Name } from './expression.ts';
import { echo, faultAt } from './fault.ts';
import { checkOperator, isText, literalFor } from './literal.ts';
import { parseExpression } from './parse-expression.ts';
import { referredProperty, requireValue } from './property-reference.ts';
import { tagFilter } from './tag-filter.ts';

const OPTION = '$filter';

/**
 * Reads the decoded text of a `$filter` and checks it against the properties of an entity. A list after `in` never
 * holds null: `x in ('a', null)` becomes `x in ('a') or x eq null`.
 * @throws CordonError `ODataError` that says what is wrong and at which character.
 */
export function parseFilter(entity: EntityType, text: string): Filter {
  requireValue(OPTION, text);
  return condition(parseExpression(OPTION, text), entityScope(entity));
}

function entityScope(entity: EntityType): Scope<Filter> {
  const referred = ({ text, at }: Name): Property => referredProperty(entity, OPTION, text, at, 'filtered');
  /** A property that holds one value, not a collection. */
  const single = (name: Name): Property => {
    const property = referred(name);
    if (property.kind !== 'tags') return property;
    throw faultAt(
      OPTION,
      name.at,
      `'${property.name}' is a collection; write ${property.name}/any(t: t eq 'x').`,
    );
  };
  return {
    option: OPTION,
    compare: (name, operator, literal, at) => {
      const property = single(name);
      checkOperator(OPTION, property, operator, literal, at);
      return { kind: 'compare', operator, property, value: literalFor(OPTION, property, literal) };
    },
    in: (name, literals) => {
      const property = single(name);
      const all = literals.map((literal) => literalFor(OPTION, property, literal));
      const values = all.filter((value) => value !== null);
      const listed: Filter = { kind: 'in', property, values };
      if (values.length === all.length) return listed;
      const isNull: Filter = { kind: 'compare', operator: 'eq', property, value: null };
      return values.length === 0 ? isNull : { kind: 'or', terms: [listed, isNull] };
    },
    match: (match, name, literal, at) => {
      const property = single(name);
      if (!isText(property))
        throw faultAt(OPTION, at, `${match} does not apply to the property '${property.name}'.`);
      const value = property.kind === 'enum' ? literal.text : literalFor(OPTION, property, literal);
      return { kind: 'match', function: match, property, value: String(value) };
    },
    any: ({ path, variable, body, at }) => {
      const property = referred(path);
      if (property.kind !== 'tags')
        throw faultAt(OPTION, at, `'any' does not apply to the property '${property.name}'.`);
      return { kind: 'any', property, filter: body && variable ? tagFilter(OPTION, variable, body) : null };
    },
    alone: (operand) => {
      const { text, at } = operand;
      if (operand.kind === 'literal' && operand.type === 'boolean') {
        return { kind: 'constant', value: text.toLowerCase() === 'true' };
      }
      if (operand.kind === 'name') {
        const property = single(operand);
        if (property.kind === 'boolean') return { kind: 'compare', operator: 'eq', property, value: true };
      }
      throw faultAt(OPTION, at, `${echo(text)} is not a condition; compare it, as in status eq 'Pending'.`);
    },
    join: (kind, terms) => ({ kind, terms }),
    not: (term) => ({ kind: 'not', term }),
  };
}
