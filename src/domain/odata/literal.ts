import type { Property, PropertyKind } from '../../contract/property.ts';
import type { CompareOperator, Literal } from '../query.ts';
import type { RawLiteral } from './expression.ts';
import { echo, faultAt } from './fault.ts';
import { instantOf } from './time-literal.ts';

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const WHOLE_NUMBER = /^-?\d{1,16}$/;

/** Properties of kind `string` that hold machine ids, which are stored in lower case and compared in any. */
const MACHINE_IDS = new Set(['id', 'machineId']);

const ORDERED: readonly CompareOperator[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'];
const EQUALITY: readonly CompareOperator[] = ['eq', 'ne'];

interface KindRule {
  readonly operators: readonly CompareOperator[];
  /** May be the first argument of `startswith`, `endswith`, `contains`. */
  readonly matches: boolean;
  readonly expected: string;
  /** The value to compare with; undefined when the literal is not of this kind. */
  read(literal: RawLiteral, property: Property): Exclude<Literal, null> | undefined;
}

const text = (literal: RawLiteral): string | undefined =>
  literal.type === 'string' ? literal.text : undefined;
const nothing = (): undefined => undefined;

/** Quoted whole numbers are read because the vendor's pages call `rbacGroupId` a string. */
function wholeNumber({ type, text: digits }: RawLiteral): number | undefined {
  if ((type !== 'number' && type !== 'string') || !WHOLE_NUMBER.test(digits)) return undefined;
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value + 0 : undefined;
}

/** An enum has no order of its own that a client could mean, and the order of its spellings says nothing. */
const RULES: Readonly<Record<PropertyKind, KindRule>> = {
  string: {
    operators: ORDERED,
    matches: true,
    expected: 'a string in single quotes',
    read: (literal, property) =>
      MACHINE_IDS.has(property.name) ? text(literal)?.toLowerCase() : text(literal),
  },
  enum: {
    operators: EQUALITY,
    matches: true,
    expected: 'a string in single quotes',
    read: (literal, property) => wireSpelling(property, text(literal)),
  },
  guid: {
    operators: ORDERED,
    matches: false,
    expected: 'a GUID, with or without single quotes',
    read: ({ type, text: guid }) =>
      type === 'guid' || (type === 'string' && GUID.test(guid)) ? guid.toLowerCase() : undefined,
  },
  time: {
    operators: ORDERED,
    matches: false,
    expected: 'a time such as 2026-03-01T00:00:00Z, or a date',
    read: ({ type, text: time }) =>
      type === 'time' || type === 'string' ? (instantOf(time) ?? undefined) : undefined,
  },
  integer: { operators: ORDERED, matches: false, expected: 'a whole number', read: wholeNumber },
  boolean: {
    operators: EQUALITY,
    matches: false,
    expected: 'true or false',
    read: ({ type, text: word }) => (type === 'boolean' ? word.toLowerCase() === 'true' : undefined),
  },
  tags: { operators: [], matches: false, expected: 'any(t: …)', read: nothing },
  complex: { operators: [], matches: false, expected: 'nothing', read: nothing },
};

/** A value that the enum does not have stays as it is: it matches nothing, which is no error. */
function wireSpelling(property: Property, value: string | undefined): string | undefined {
  const wanted = value?.toLowerCase();
  return property.values?.find((known) => known.toLowerCase() === wanted) ?? value;
}

/**
 * The value of a literal for the property it is compared with; `null` stands for itself.
 * @throws CordonError `ODataError` naming the property, the place and what was expected.
 */
export function literalFor(option: string, property: Property, literal: RawLiteral): Literal {
  if (literal.type === 'null') return null;
  const { read, expected } = RULES[property.kind];
  const value = read(literal, property);
  if (value !== undefined) return value;
  throw faultAt(
    option,
    literal.at,
    `${echo(literal.text)} does not fit the property '${property.name}'; expected ${expected}.`,
  );
}

/** @throws CordonError `ODataError` when the property cannot be compared in this way, or `null` not in this order. */
export function checkOperator(
  option: string,
  property: Property,
  operator: CompareOperator,
  literal: RawLiteral,
  at: number,
): void {
  const { operators } = RULES[property.kind];
  const usable = literal.type === 'null' ? operators.filter((known) => EQUALITY.includes(known)) : operators;
  if (usable.includes(operator)) return;
  const subject = literal.type === 'null' ? 'null' : `the property '${property.name}'`;
  throw faultAt(
    option,
    at,
    `the operator '${operator}' does not apply to ${subject}; ${usable.join(', ')} and in do.`,
  );
}

/** True when `startswith`, `endswith` and `contains` apply to the property. */
export function isText(property: Property): boolean {
  return RULES[property.kind].matches;
}
