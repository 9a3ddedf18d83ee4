import type { WireMachineSummary } from '../../../src/contract/console.ts';
import { call } from '../wire/call.ts';
import { FIRST_MACHINES } from '../wire/headers.ts';
import { among, type Collection, pagesOf, withOptions } from '../wire/odata.ts';

const SUMMARIES = '/cordon/v1/machinesummaries';
/** Ids that one address names: some kilobytes. */
const AT_ONCE = 100;

/** The machines that the person sees. */
export interface Fleet {
  readonly rows: readonly WireMachineSummary[];
  /** How many there are, of which the rows may be the first only. */
  readonly count: number;
  /** False while machines are missing from the rows. */
  readonly complete: boolean;
  /** The order, as an address says it, whose first machines are among the rows; null where that is of no order. */
  readonly first: string | null;
  /** Milliseconds that it took to read all. */
  readonly took: number;
}

/** Orders that the server has as well, by the name that addresses have for them. */
const BY_SERVER: Readonly<Record<string, string>> = {
  '-name': 'computerDnsName desc',
  lastSeen: 'lastSeen',
  '-lastSeen': 'lastSeen desc',
};
const BY_NAME = 'name';

/**
 * Reads what fills a screen: the first machines in the order that the address asks for, else by name. That is all of a small
 * fleet.
 */
export async function readFirst(query: string = location.search): Promise<Fleet> {
  const started = performance.now();
  const asked = new URLSearchParams(query).get('sort') ?? BY_NAME;
  const order = Object.hasOwn(BY_SERVER, asked) ? BY_SERVER[asked] : undefined;
  const address =
    order === undefined
      ? FIRST_MACHINES
      : FIRST_MACHINES.replace('computerDnsName', encodeURIComponent(order));
  const { value: rows, '@odata.count': count = rows.length } =
    await call<Collection<WireMachineSummary>>(address);
  const first = order === undefined ? BY_NAME : asked;
  return { rows, count, complete: rows.length >= count, first, took: performance.now() - started };
}

/** Milliseconds after which what has come meanwhile is shown: to put thousands of rows in order costs a tenth of it. */
const SHOWN_EVERY = 1_000;

/** Reads every page. @param partial is given what has come so far where the next page takes long */
export async function readFleet(
  partial: (fleet: Fleet) => void,
  options: { readonly signal: AbortSignal; readonly background: boolean },
): Promise<Fleet> {
  const started = performance.now();
  const rows: WireMachineSummary[] = [];
  let count = 0;
  let shown = started;
  for await (const page of pagesOf<WireMachineSummary>(`${SUMMARIES}?$count=true`, options)) {
    rows.push(...page.value);
    count = page['@odata.count'] ?? count;
    if (page['@odata.nextLink'] === undefined || performance.now() - shown < SHOWN_EVERY) continue;
    shown = performance.now();
    partial({ rows: [...rows], count: Math.max(count, rows.length), complete: false, first: null, took: 0 });
  }
  return { rows, count: rows.length, complete: true, first: null, took: performance.now() - started };
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
