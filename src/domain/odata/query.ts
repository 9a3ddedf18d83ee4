import type { EntityType } from '../../contract/property.ts';
import type { Query } from '../query.ts';
import { echo, fault } from './fault.ts';
import { parseFilter } from './filter.ts';
import { type OptionName, queryParts } from './options.ts';
import { parseOrderBy } from './order-by.ts';
import { parseSelect } from './select.ts';
import { decodeSkipToken } from './skip-token.ts';

export { nextLinkQuery } from './next-link.ts';

/** Most rows that `$top` may ask for (reference, section 10). */
export const MAX_TOP = 10_000;
const MAX_SKIP = 2_147_483_647;

/**
 * Checks the query string of a collection.
 * @param rawQuery What stands behind the `?`, not decoded, as Node's request has it; empty when there is none.
 * @param options.pageSize Rows of a page when the caller sets no `$top`.
 * @throws CordonError `ODataError` that says what is wrong and where.
 */
export function parseQuery(entity: EntityType, rawQuery: string, options: { pageSize: number }): Query {
  const values = new Map<OptionName, string>();
  for (const { option, value } of queryParts(rawQuery)) if (option !== null) values.set(option, value);
  const read = <T>(option: OptionName, reader: (text: string) => T, otherwise: T): T => {
    const text = values.get(option);
    return text === undefined ? otherwise : reader(text);
  };
  read('$format', checkFormat, undefined);
  const filter = read('$filter', (text) => parseFilter(entity, text), null);
  const orderBy = read('$orderby', (text) => parseOrderBy(entity, text), []);
  return {
    filter,
    orderBy,
    top: read('$top', parseTop, options.pageSize),
    topGiven: values.has('$top'),
    skip: read('$skip', (text) => wholeNumber('$skip', text, MAX_SKIP), 0),
    select: read('$select', (text) => parseSelect(entity, text), null),
    count: read('$count', parseCount, false),
    after: read('$skiptoken', (text) => decodeSkipToken(entity, { filter, orderBy }, text.trim()), null),
  };
}

function wholeNumber(option: OptionName, text: string, maximum: number): number {
  const digits = text.trim();
  const value = /^\d{1,15}$/.test(digits) ? Number(digits) : Number.NaN;
  if (value <= maximum) return value;
  throw fault(`The value ${echo(text)} of '${option}' is not a whole number from 0 to ${maximum}.`);
}

/** Worded as the vendor's framework words it when only the limit is passed. */
function parseTop(text: string): number {
  const digits = text.trim();
  if (/^\d+$/.test(digits) && Number(digits) > MAX_TOP) {
    throw fault(
      `The limit of '${MAX_TOP}' for the '$top' query has been exceeded. The value is ${echo(digits)}.`,
    );
  }
  return wholeNumber('$top', text, MAX_TOP);
}

function parseCount(text: string): boolean {
  const word = text.trim().toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  throw fault(`The value ${echo(text)} of '$count' is neither true nor false.`);
}

function checkFormat(text: string): void {
  if (/^(application\/)?json *(;.*)?$/is.test(text.trim())) return;
  throw fault(`The value ${echo(text)} of '$format' is not supported; json is.`);
}
