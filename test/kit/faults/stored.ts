/** What a store holds at the end, read with plain SQL beside the server, not through its code. */
import { DatabaseSync } from 'node:sqlite';
import type { Mode, WantedMode } from '../../../src/contract/control.ts';
import type { Evidence } from '../../../src/contract/device.ts';
import type { ActionStatus } from '../../../src/contract/machine-action.ts';
import type { EventRecord, Stored } from './history.ts';

type Row = Readonly<Record<string, unknown>>;
/** Runs one statement. */
export type Read = (text: string) => Promise<readonly Row[]>;

const MODES: Readonly<Record<string, WantedMode>> = {
  RestrictCodeExecution: 'restricted',
  UnrestrictCodeExecution: 'unrestricted',
};

/** Reads a SQLite file that a server may be writing. */
export function readingFile(path: string): Read {
  return async (text) => {
    const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    try {
      return database.prepare(text).all();
    } finally {
      database.close();
    }
  };
}

/** Actions with their histories, and controls. Read when the store is at rest: the three are not one snapshot. */
export async function readStored(read: Read): Promise<Stored> {
  const controls = await read('select machine_id, mode, generation from machine_control');
  const actions = await read('select id, machine_id, type, status, generation from machine_action');
  const events = new Map<string, EventRecord[]>();
  const lines = await read(
    'select action_id, revision, late, at, status, evidence from action_event order by action_id, revision, late',
  );
  for (const row of lines) {
    const id = String(row.action_id);
    events.set(id, [...(events.get(id) ?? []), eventOf(row)]);
  }
  return {
    controls: controls.map((row) => ({
      machineId: String(row.machine_id),
      mode: row.mode as Mode,
      generation: Number(row.generation),
    })),
    actions: actions.map((row) => ({
      id: String(row.id),
      machineId: String(row.machine_id),
      mode: MODES[String(row.type)]!,
      status: row.status as ActionStatus,
      generation: Number(row.generation),
      events: events.get(String(row.id)) ?? [],
    })),
  };
}

function eventOf({ revision, late, at, status, evidence }: Row): EventRecord {
  const { checks = [] } = evidence === null ? {} : (JSON.parse(String(evidence)) as Partial<Evidence>);
  return {
    revision: Number(revision),
    late: Number(late),
    at: String(at),
    status: status as ActionStatus,
    proof: checks.length > 0 && checks.every(({ passed }) => passed),
  };
}
