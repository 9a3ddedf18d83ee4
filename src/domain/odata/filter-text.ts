import type { Property } from '../../contract/property.ts';
import type { Filter, Literal, TagFilter } from '../query.ts';

/** Variable that a printed `any` uses. */
const VARIABLE = 't';

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function literalText(property: Property, value: Literal): string {
  const quotes = property.kind === 'string' || property.kind === 'enum';
  return quotes && value !== null ? quoted(String(value)) : String(value);
}

/** Joined and negated conditions; a term that is itself joined, or negated by a word, stands in parentheses. */
function joined<F extends { kind: string }>(
  kind: 'and' | 'or',
  terms: readonly F[],
  text: (term: F) => string,
): string {
  return terms.map((term) => grouped(term, text, ['and', 'or'])).join(` ${kind} `);
}

function grouped<F extends { kind: string }>(
  term: F,
  text: (term: F) => string,
  kinds: readonly string[],
): string {
  return kinds.includes(term.kind) ? `(${text(term)})` : text(term);
}

/** Kinds that `not` is printed before with parentheses; `not not` is never meant, so it is made plain too. */
const NEGATED_IN_PARENTHESES = ['and', 'or', 'compare', 'in', 'not'];

/** A filter as `$filter` text, one text for one tree; {@link parseFilter} reads it back as the same tree. */
export function filterText(filter: Filter): string {
  switch (filter.kind) {
    case 'compare':
      return `${filter.property.name} ${filter.operator} ${literalText(filter.property, filter.value)}`;
    case 'in': {
      const values = filter.values.map((value) => literalText(filter.property, value));
      return `${filter.property.name} in (${values.join(', ')})`;
    }
    case 'match':
      return `${filter.function}(${filter.property.name}, ${quoted(filter.value)})`;
    case 'any':
      return `${filter.property.name}/any(${filter.filter === null ? '' : `${VARIABLE}: ${tagFilterText(filter.filter)}`})`;
    case 'and':
    case 'or':
      return joined<Filter>(filter.kind, filter.terms, filterText);
    case 'not':
      return `not ${grouped<Filter>(filter.term, filterText, NEGATED_IN_PARENTHESES)}`;
    case 'constant':
      return String(filter.value);
  }
}

function tagFilterText(filter: TagFilter): string {
  switch (filter.kind) {
    case 'compare':
      return `${VARIABLE} ${filter.operator} ${quoted(filter.value)}`;
    case 'in':
      return `${VARIABLE} in (${filter.values.map(quoted).join(', ')})`;
    case 'match':
      return `${filter.function}(${VARIABLE}, ${quoted(filter.value)})`;
    case 'and':
    case 'or':
      return joined<TagFilter>(filter.kind, filter.terms, tagFilterText);
    case 'not':
      return `not ${grouped<TagFilter>(filter.term, tagFilterText, NEGATED_IN_PARENTHESES)}`;
  }
}
