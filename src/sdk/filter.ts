/** What may stand in a {@link filter}. An array is a list for `in`. */
export type FilterValue = string | number | boolean | null | Date | readonly FilterValue[];

/**
 * An OData `$filter` whose values cannot break out of their place:
 *
 *     filter`computerDnsName eq ${name} and lastSeen ge ${new Date('2026-03-01')} and osPlatform in ${['Ubuntu']}`
 *
 * Texts are quoted, times are written as the API takes them.
 * @throws RangeError for a number or a time that has no literal, and for an empty list
 */
export function filter(parts: TemplateStringsArray, ...values: readonly FilterValue[]): string {
  return parts.reduce((text, part, index) => `${text}${literal(values[index - 1]!)}${part}`);
}

/** A value as an OData literal. */
export function literal(value: FilterValue): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && value !== null) {
    if (value.length === 0) throw new RangeError('A list in a filter has at least one value.');
    return `(${value.map(literal).join(',')})`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new RangeError(`${value} cannot stand in a filter.`);
  }
  return String(value);
}
