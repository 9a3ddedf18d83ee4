import type { WireMachineAction } from '../../../src/contract/machine-action.ts';
import { csvLine } from '../text/csv.ts';
import { pagesOf, withOptions } from '../wire/odata.ts';
import { ACTIONS } from './refresh.ts';

export type Format = 'csv' | 'json';

/** Properties of an action in a file of CSV, in this order. */
export const CSV_COLUMNS = [
  'id',
  'type',
  'status',
  'computerDnsName',
  'machineId',
  'requestor',
  'requestorComment',
  'creationDateTimeUtc',
  'lastUpdateDateTimeUtc',
  'cancellationRequestor',
  'cancellationComment',
  'cancellationDateTimeUtc',
  'externalId',
  'errorHResult',
] as const satisfies readonly (keyof WireMachineAction)[];

/** A line of CSV with the properties of one action. */
export const csvOf = (action: WireMachineAction): string => csvLine(CSV_COLUMNS.map((name) => action[name]));

interface Options {
  readonly format: Format;
  readonly filter: string;
  readonly order: string;
  /** True for JSON with the history of each action. */
  readonly withHistory: boolean;
  readonly signal: AbortSignal;
  /** Is told how many were read. */
  readonly onProgress: (count: number) => void;
}

/** All actions of a view as one file, read page by page. @throws Problem; an AbortError when it was given up */
export async function exportActions({
  format,
  filter,
  order,
  withHistory,
  signal,
  onProgress,
}: Options): Promise<Blob> {
  const path = withHistory && format === 'json' ? '/cordon/v1/machineactions' : ACTIONS;
  const pieces: string[] = [format === 'csv' ? `\ufeff${csvLine(CSV_COLUMNS)}` : '['];
  let count = 0;
  for await (const { value } of pagesOf<WireMachineAction>(
    withOptions(path, { $filter: filter, $orderby: order }),
    { signal },
  )) {
    for (const action of value) {
      const separator = count === 0 ? '\n' : ',\n';
      pieces.push(format === 'csv' ? csvOf(action) : `${separator}${JSON.stringify(action)}`);
      count += 1;
    }
    onProgress(count);
  }
  if (format === 'json') pieces.push('\n]\n');
  return new Blob(pieces, { type: format === 'csv' ? 'text/csv;charset=utf-8' : 'application/json' });
}
