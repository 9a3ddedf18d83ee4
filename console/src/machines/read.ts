import type { WireMachineSummary } from '../../../src/contract/console.ts';
import { call } from '../wire/call.ts';
import { among, type Collection, pagesOf, withOptions } from '../wire/odata.ts';

const SUMMARIES = '/cordon/v1/machinesummaries';
/** Ids that one address names: some kilobytes. */
const AT_ONCE = 100;

/** All machines that the person sees. */
export interface Fleet {
  readonly rows: readonly WireMachineSummary[];
  /** False while pages are still coming. */
  readonly complete: boolean;
  /** Milliseconds that it took to read all. */
  readonly took: number;
}

/** Reads every page. @param partial is given what has come so far, so that the first rows show before the last came */
export async function readFleet(
  partial: (fleet: Fleet) => void,
  options: { readonly signal: AbortSignal; readonly background: boolean },
): Promise<Fleet> {
  const started = performance.now();
  const rows: WireMachineSummary[] = [];
  for await (const page of pagesOf<WireMachineSummary>(SUMMARIES, options)) {
    rows.push(...page.value);
    if (page['@odata.nextLink'] !== undefined) partial({ rows: [...rows], complete: false, took: 0 });
  }
  return { rows, complete: true, took: performance.now() - started };
}

/** Reads some machines again. Those that are gone are not in the answer. */
export async function readSummaries(ids: readonly string[]): Promise<WireMachineSummary[]> {
  const chunks: string[][] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) chunks.push(ids.slice(at, at + AT_ONCE));
  const pages = await Promise.all(
    chunks.map((chunk) =>
      call<Collection<WireMachineSummary>>(withOptions(SUMMARIES, { $filter: among('id', chunk) }), {
        background: true,
      }),
    ),
  );
  return pages.flatMap(({ value }) => value);
}
