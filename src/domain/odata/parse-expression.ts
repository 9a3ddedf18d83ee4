import type { CompareOperator, MatchFunction } from '../query.ts';
import { type Cursor, cursorOver } from './cursor.ts';
import type { Any, Expression, Name, RawLiteral } from './expression.ts';
import { echo, faultAt } from './fault.ts';
import type { Token } from './tokenize.ts';

/** Limits of one filter. They keep the parser's stack, the statement made of it and its plan small. */
export const MAX_DEPTH = 64;
export const MAX_CONDITIONS = 500;
export const MAX_IN_VALUES = 500;

const COMPARE: ReadonlySet<string> = new Set<CompareOperator>(['eq', 'ne', 'gt', 'ge', 'lt', 'le']);
const FUNCTIONS: ReadonlySet<string> = new Set<MatchFunction>(['startswith', 'endswith', 'contains']);
const UNSUPPORTED_OPERATORS = new Set(['add', 'sub', 'mul', 'div', 'divby', 'mod', 'has']);
const KEYWORDS = new Set(['and', 'or', 'not', 'in', ...COMPARE, ...UNSUPPORTED_OPERATORS]);
const WORD_LITERALS: Readonly<Record<string, RawLiteral['type']>> = {
  true: 'boolean',
  false: 'boolean',
  null: 'null',
};

interface State {
  readonly cursor: Cursor;
  conditions: number;
}

type Rule = (state: State, depth: number) => Expression;

/**
 * Reads the text of a filter by recursive descent; `or` binds least, then `and`, `not`, the comparisons.
 *
 * `not` covers the whole comparison after it. OData lets it bind more tightly, but there `not a eq b` is either a type
 * error or, for a truth value, means the same.
 * @throws CordonError `ODataError` with the place.
 */
export function parseExpression(option: string, text: string): Expression {
  const state: State = { cursor: cursorOver(option, text), conditions: 0 };
  const expression = disjunction(state, 0);
  if (state.cursor.peek().kind !== 'end') throw state.cursor.unexpected("'and', 'or' or the end");
  return expression;
}

const chain =
  (kind: 'and' | 'or', term: Rule): Rule =>
  (state, depth) => {
    const first = term(state, depth);
    if (state.cursor.word() !== kind) return first;
    const { at } = state.cursor.peek();
    const terms = [first];
    while (state.cursor.word() === kind) {
      state.cursor.take();
      terms.push(term(state, depth));
    }
    return counted(state, { kind, terms, at });
  };

const conjunction = chain('and', negation);
const disjunction = chain('or', conjunction);

function negation(state: State, depth: number): Expression {
  if (state.cursor.word() !== 'not') return comparison(state, depth);
  const { at } = state.cursor.take();
  return counted(state, { kind: 'not', term: negation(state, deeper(state, depth, at)), at });
}

function comparison(state: State, depth: number): Expression {
  const { cursor } = state;
  const left = operand(state, depth);
  const word = cursor.word();
  if (word === null) return left;
  if (UNSUPPORTED_OPERATORS.has(word))
    throw unsupported(cursor, 'operator', cursor.peek(), [...COMPARE, 'in', 'and', 'or', 'not']);
  if (word === 'in') return membership(state, left);
  if (!COMPARE.has(word)) return left;
  const { at } = cursor.take();
  return counted(state, {
    kind: 'compare',
    operator: word as CompareOperator,
    left,
    right: operand(state, depth),
    at,
  });
}

function membership(state: State, left: Expression): Expression {
  const { cursor } = state;
  const { at } = cursor.take();
  cursor.expect('(');
  const values: RawLiteral[] = [];
  do {
    if (values.length === MAX_IN_VALUES) {
      throw faultAt(
        cursor.option,
        cursor.peek().at,
        `a list after 'in' may hold ${MAX_IN_VALUES} values at most.`,
      );
    }
    const value = literal(cursor);
    if (value === null) throw cursor.unexpected("a literal of the list after 'in'");
    values.push(value);
  } while (cursor.accept(','));
  cursor.expect(')');
  return counted(state, { kind: 'in', left, values, at });
}

function operand(state: State, depth: number): Expression {
  const { cursor } = state;
  const { at } = cursor.peek();
  if (cursor.accept('(')) {
    const inner = disjunction(state, deeper(state, depth, at));
    cursor.expect(')');
    return inner;
  }
  const value = literal(cursor);
  if (value !== null) return value;
  const word = cursor.word();
  if (word === null || KEYWORDS.has(word)) throw cursor.unexpected('a property, a literal or a condition');
  const token = cursor.take();
  if (cursor.accept('(')) return call(state, token, depth);
  const name: Name = { kind: 'name', text: token.text, at };
  return cursor.accept('/') ? path(state, name, depth) : name;
}

function literal(cursor: Cursor): RawLiteral | null {
  const { kind, text, at } = cursor.peek();
  const word = cursor.word();
  const type = word === null ? kind : Object.hasOwn(WORD_LITERALS, word) ? WORD_LITERALS[word]! : null;
  if (type === null || type === 'symbol' || type === 'end' || type === 'word') return null;
  cursor.take();
  return { kind: 'literal', type, text, at };
}

function call(state: State, name: Token, depth: number): Expression {
  const { cursor } = state;
  const known = name.text.toLowerCase();
  if (!FUNCTIONS.has(known)) throw unsupported(cursor, 'function', name, [...FUNCTIONS]);
  const within = deeper(state, depth, name.at);
  const first = operand(state, within);
  cursor.expect(',');
  const second = operand(state, within);
  cursor.expect(')');
  return counted(state, {
    kind: 'call',
    function: known as MatchFunction,
    arguments: [first, second],
    at: name.at,
  });
}

function path(state: State, name: Name, depth: number): Any {
  const { cursor } = state;
  if (cursor.word() !== 'any')
    throw cursor.unexpected("'any', the only path that is supported (name/any(t: …))");
  const { at } = cursor.take();
  cursor.expect('(');
  if (cursor.accept(')')) return counted(state, { kind: 'any', path: name, variable: null, body: null, at });
  if (cursor.word() === null) throw cursor.unexpected("the variable of 'any', as in any(t: t eq 'x')");
  const variable = cursor.take().text;
  cursor.expect(':');
  const body = disjunction(state, deeper(state, depth, at));
  cursor.expect(')');
  return counted(state, { kind: 'any', path: name, variable, body, at });
}

function deeper({ cursor }: State, depth: number, at: number): number {
  if (depth === MAX_DEPTH)
    throw faultAt(cursor.option, at, `conditions may be nested ${MAX_DEPTH} levels deep at most.`);
  return depth + 1;
}

function counted<E extends Expression>(state: State, expression: E): E {
  state.conditions += 1;
  if (state.conditions <= MAX_CONDITIONS) return expression;
  throw faultAt(state.cursor.option, expression.at, `more than ${MAX_CONDITIONS} conditions in one filter.`);
}

function unsupported(cursor: Cursor, what: string, token: Token, supported: readonly string[]): Error {
  return faultAt(
    cursor.option,
    token.at,
    `the ${what} ${echo(token.text)} is not supported; supported are ${supported.join(', ')}.`,
  );
}
