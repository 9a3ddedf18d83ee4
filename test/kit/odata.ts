import assert from 'node:assert/strict';
import { MACHINE } from '../../src/contract/machine.ts';
import { MACHINE_ACTION } from '../../src/contract/machine-action.ts';
import type { EntityType } from '../../src/contract/property.ts';
import { CordonError } from '../../src/domain/error.ts';
import { parseFilter } from '../../src/domain/odata/filter.ts';
import { filterText } from '../../src/domain/odata/filter-text.ts';
import { parseQuery } from '../../src/domain/odata/query.ts';
import type { Query } from '../../src/domain/query.ts';

export const PAGE_SIZE = 1000;

export const actionQuery = (rawQuery: string): Query =>
  parseQuery(MACHINE_ACTION, rawQuery, { pageSize: PAGE_SIZE });
export const machineQuery = (rawQuery: string): Query =>
  parseQuery(MACHINE, rawQuery, { pageSize: PAGE_SIZE });

/** A filter as Cordon prints it after reading, so that tests compare lines instead of trees. */
export const readAction = (text: string): string => filterText(parseFilter(MACHINE_ACTION, text));
export const readMachine = (text: string): string => filterText(parseFilter(MACHINE, text));

/** Runs a reading that must be refused with an `ODataError`; returns the message for further looks. */
export function refused(reading: () => unknown): string {
  try {
    reading();
  } catch (error) {
    assert.ok(error instanceof CordonError, `not an error of ours: ${error}`);
    assert.equal(error.code, 'ODataError');
    assert.match(error.message, /^The query specified in the URI is not valid\. ./);
    return error.message;
  }
  return assert.fail('it was accepted');
}

export const refusedFilter = (entity: EntityType, text: string): string =>
  refused(() => parseFilter(entity, text));
