import { CONNECTED_WITHIN } from '../contract/console.ts';
import { type Instant, instantFrom } from '../contract/time.ts';
import type { ControlState, MachineAction } from '../domain/action.ts';
import type { MachineRow } from '../domain/machine.ts';
import type { Page, Query } from '../domain/query.ts';
import type { ActionStore, ControlStore, MachineStore } from '../store/port.ts';
import type { Call } from './call.ts';
import type { Clock } from './clock.ts';

/** A machine as a row of a long list shows it. */
export interface MachineSummary {
  readonly machine: MachineRow;
  readonly states: readonly ControlState[];
  readonly active: MachineAction | null;
  /** The newest action, where it ended in vain and none is under way. */
  readonly failure: MachineAction | null;
  /** Whether the device is heard of; null for one that has been silent for days. */
  readonly connected: boolean | null;
}

type SummaryStore = Pick<MachineStore, 'machineRows'> &
  Pick<ControlStore, 'controlsOf'> &
  Pick<ActionStore, 'activeActions' | 'lastFailures'>;

/** Machines read at a time: some milliseconds, after which other calls have their turn. */
const PORTION = 200;

/** Machines in short, with their controls and the actions that are under way. */
export async function summaries(
  store: SummaryStore,
  clock: Clock,
  call: Call,
  query: Query,
): Promise<Page<MachineSummary>> {
  const heardSince = instantFrom(clock.milliseconds() - CONNECTED_WITHIN);
  const read = (part: Query) => portion(store, heardSince, call, part);
  // In another order each portion would cost as much as the whole.
  if (query.orderBy.length > 0 || query.skip > 0 || query.top <= PORTION) return read(query);
  const rows: MachineSummary[] = [];
  let part: Query = { ...query, top: PORTION, topGiven: false };
  let count: number | null = null;
  for (;;) {
    const page = await read(part);
    rows.push(...page.rows);
    count ??= page.count;
    if (page.next === null || rows.length >= query.top) return { rows, count, next: page.next };
    const top = Math.min(PORTION, query.top - rows.length);
    part = { ...part, top, after: page.next, count: false };
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

async function portion(
  store: SummaryStore,
  heardSince: Instant,
  call: Call,
  query: Query,
): Promise<Page<MachineSummary>> {
  const { tenantId } = call.caller;
  const page = await store.machineRows(tenantId, query, call.visible);
  const ids = page.rows.map(({ id }) => id);
  const states = Map.groupBy(await store.controlsOf(tenantId, ids, 'without'), ({ machineId }) => machineId);
  const busy = ids.filter((id) => states.get(id)?.some(({ active }) => active) === true);
  const active = byMachine(await store.activeActions(tenantId, busy));
  // A machine of which nothing was ever asked has nothing that failed.
  const asked = ids.filter((id) => states.has(id) && !active.has(id));
  const failures = byMachine(await store.lastFailures(tenantId, asked));
  const rows = page.rows.map(
    (machine): MachineSummary => ({
      machine,
      states: states.get(machine.id) ?? [],
      active: active.get(machine.id) ?? null,
      failure: failures.get(machine.id) ?? null,
      connected: machine.healthStatus === 'Inactive' ? null : machine.lastSeen >= heardSince,
    }),
  );
  return { ...page, rows };
}

const byMachine = (actions: readonly MachineAction[]): ReadonlyMap<string, MachineAction> =>
  new Map(actions.map((action) => [action.machineId, action]));
