import type { TagFilter } from '../query.ts';
import { condition, type Scope } from './condition.ts';
import type { Expression, Name, RawLiteral } from './expression.ts';
import { echo, faultAt } from './fault.ts';

/**
 * Checks the condition inside `any(variable: …)`.
 * @throws CordonError `ODataError` when it speaks of anything but the variable and strings.
 */
export function tagFilter(option: string, variable: string, body: Expression): TagFilter {
  return condition(body, tagScope(option, variable));
}

function tagScope(option: string, variable: string): Scope<TagFilter> {
  const requireVariable = ({ text, at }: Name): void => {
    if (text.toLowerCase() === variable.toLowerCase()) return;
    throw faultAt(
      option,
      at,
      `inside 'any' only its variable ${echo(variable)} can be named, not ${echo(text)}.`,
    );
  };
  const tag = ({ type, text, at }: RawLiteral): string => {
    if (type === 'string') return text;
    throw faultAt(option, at, `${echo(text)} is not a tag; expected a string in single quotes.`);
  };
  return {
    option,
    compare: (name, operator, literal) => {
      requireVariable(name);
      return { kind: 'compare', operator, value: tag(literal) };
    },
    in: (name, literals) => {
      requireVariable(name);
      return { kind: 'in', values: literals.map(tag) };
    },
    match: (match, name, literal) => {
      requireVariable(name);
      return { kind: 'match', function: match, value: tag(literal) };
    },
    any: ({ at }) => {
      throw faultAt(option, at, "'any' cannot stand inside 'any'.");
    },
    alone: ({ text, at }) => {
      throw faultAt(option, at, `${echo(text)} is not a condition.`);
    },
    join: (kind, terms) => ({ kind, terms }),
    not: (term) => ({ kind: 'not', term }),
  };
}
