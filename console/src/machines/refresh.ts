import type { QueryClient } from '@tanstack/react-query';
import { mergeRows } from './merge.ts';
import { type Fleet, readSummaries } from './read.ts';

export const FLEET_KEY = ['machines'] as const;

/** Machines that changed while the whole fleet was being read: its pages may be older than the change. */
const meanwhile = new Set<string>();

/** Reads the machines again and puts them into the list, where there is one. */
export async function refreshMachines(client: QueryClient, ids: readonly string[]): Promise<void> {
  const query = client.getQueryState<Fleet>(FLEET_KEY);
  if (query?.fetchStatus === 'fetching') for (const id of ids) meanwhile.add(id);
  if (query?.data === undefined) return;
  const came = await readSummaries(ids);
  client.setQueryData<Fleet>(FLEET_KEY, (fleet) =>
    fleet === undefined ? fleet : withRows(fleet, mergeRows(fleet.rows, ids, came)),
  );
}

/** Brings a fleet that was just read up to date with what changed while it was read. */
export async function caughtUp(fleet: Fleet): Promise<Fleet> {
  if (meanwhile.size === 0) return fleet;
  const ids = [...meanwhile];
  meanwhile.clear();
  return withRows(fleet, mergeRows(fleet.rows, ids, await readSummaries(ids)));
}

/** The fleet with other rows; machines that came or went count. */
const withRows = (fleet: Fleet, rows: Fleet['rows']): Fleet => ({
  ...fleet,
  rows,
  count: fleet.count + rows.length - fleet.rows.length,
});
