import type { WireGroup } from '../../../src/contract/cordon.ts';

export const OPERATORS = ['startsWith', 'endsWith', 'contains', 'equals'] as const;
export const PROPERTIES = ['name', 'domain', 'tag', 'osPlatform'] as const;

export const OPERATOR_WORDS: Readonly<Record<string, string>> = {
  startsWith: 'starts with',
  endsWith: 'ends with',
  contains: 'contains',
  equals: 'is',
};
export const PROPERTY_WORDS: Readonly<Record<string, string>> = {
  name: 'name',
  domain: 'domain',
  tag: 'tag',
  osPlatform: 'platform',
};

type WireRule = WireGroup['rules'][number];

/** A rule as it is typed: values with commas between them. */
export interface TypedRule {
  readonly property: string;
  readonly operator: string;
  readonly values: string;
}

export const NEW_RULE: TypedRule = { property: 'name', operator: 'startsWith', values: '' };

export const typedRule = ({ property, operator, values }: WireRule): TypedRule => ({
  property,
  operator,
  values: values.join(', '),
});

/** As the API takes them; a rule without values says nothing, and is left out. */
export const rulesOf = (typed: readonly TypedRule[]) =>
  typed
    .map(({ property, operator, values }) => ({ property, operator, values: valuesOf(values) }))
    .filter(({ values }) => values.length > 0);

const valuesOf = (text: string): string[] =>
  text
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');

/** `name starts with lt- or nb-` */
export const ruleWords = ({ property, operator, values }: WireRule): string =>
  `${PROPERTY_WORDS[property] ?? property} ${OPERATOR_WORDS[operator] ?? operator} ${values.join(' or ')}`;
