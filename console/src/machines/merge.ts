import type { WireMachineSummary } from '../../../src/contract/console.ts';

/**
 * The rows with those replaced that were asked for again. One that was asked for and did not come is gone, or no longer
 * to be seen; one that was not there is new.
 */
export function mergeRows(
  rows: readonly WireMachineSummary[],
  asked: readonly string[],
  came: readonly WireMachineSummary[],
): WireMachineSummary[] {
  const fresh = new Map(came.map((row) => [row.id, row]));
  const wanted = new Set(asked);
  const merged: WireMachineSummary[] = [];
  for (const row of rows) {
    const replacement = fresh.get(row.id);
    if (replacement !== undefined) merged.push(replacement);
    else if (!wanted.has(row.id)) merged.push(row);
    fresh.delete(row.id);
  }
  merged.push(...fresh.values());
  return merged;
}
