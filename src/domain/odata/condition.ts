import type { CompareOperator, MatchFunction } from '../query.ts';
import type { Any, Call, Comparison, Expression, Name, RawLiteral } from './expression.ts';
import { faultAt } from './fault.ts';

/**
 * What names mean where a condition stands, and what a checked condition is made of there: the properties of an
 * entity ({@link ../odata/filter.ts}), or the one variable inside `any`.
 */
export interface Scope<Condition> {
  readonly option: string;
  compare(name: Name, operator: CompareOperator, literal: RawLiteral, at: number): Condition;
  in(name: Name, literals: readonly RawLiteral[], at: number): Condition;
  match(match: MatchFunction, name: Name, literal: RawLiteral, at: number): Condition;
  any(any: Any): Condition;
  /** A name or a literal that stands alone as a condition. */
  alone(operand: Name | RawLiteral): Condition;
  join(kind: 'and' | 'or', terms: readonly Condition[]): Condition;
  not(term: Condition): Condition;
}

const MIRRORED: Readonly<Record<CompareOperator, CompareOperator>> = {
  eq: 'eq',
  ne: 'ne',
  gt: 'lt',
  ge: 'le',
  lt: 'gt',
  le: 'ge',
};

/**
 * Checks an expression against a scope.
 * @throws CordonError `ODataError` with the place.
 */
export function condition<Condition>(expression: Expression, scope: Scope<Condition>): Condition {
  switch (expression.kind) {
    case 'name':
    case 'literal':
      return scope.alone(expression);
    case 'and':
    case 'or':
      return scope.join(
        expression.kind,
        expression.terms.map((term) => condition(term, scope)),
      );
    case 'not':
      return scope.not(condition(expression.term, scope));
    case 'compare':
      return comparison(expression, scope);
    case 'in':
      if (expression.left.kind === 'name') return scope.in(expression.left, expression.values, expression.at);
      throw faultAt(scope.option, expression.at, "a property must stand before 'in'.");
    case 'call':
      return match(expression, scope);
    case 'any':
      return scope.any(expression);
  }
}

function comparison<Condition>(
  { left, right, operator, at }: Comparison,
  scope: Scope<Condition>,
): Condition {
  if (left.kind === 'name' && right.kind === 'literal') return scope.compare(left, operator, right, at);
  if (left.kind === 'literal' && right.kind === 'name')
    return scope.compare(right, MIRRORED[operator], left, at);
  if (left.kind !== 'literal' && right.kind === 'literal') return truth(left, operator, right, at, scope);
  if (left.kind === 'literal' && right.kind !== 'literal') return truth(right, operator, left, at, scope);
  throw faultAt(
    scope.option,
    at,
    'a property must be compared with a literal; strings stand in single quotes.',
  );
}

/** `contains(…) eq true` and the like. */
function truth<Condition>(
  inner: Expression,
  operator: CompareOperator,
  literal: RawLiteral,
  at: number,
  scope: Scope<Condition>,
): Condition {
  if (literal.type !== 'boolean' || (operator !== 'eq' && operator !== 'ne')) {
    throw faultAt(scope.option, at, 'a condition can only be compared with true or false, by eq or ne.');
  }
  const wanted = (literal.text.toLowerCase() === 'true') === (operator === 'eq');
  const checked = condition(inner, scope);
  return wanted ? checked : scope.not(checked);
}

function match<Condition>(call: Call, scope: Scope<Condition>): Condition {
  const [name, literal] = call.arguments;
  if (name?.kind === 'name' && literal?.kind === 'literal' && literal.type === 'string') {
    return scope.match(call.function, name, literal, call.at);
  }
  const order = `${call.function}(property, 'text')`;
  throw faultAt(
    scope.option,
    call.at,
    `${call.function} takes a property and then a string in single quotes: ${order}.`,
  );
}
