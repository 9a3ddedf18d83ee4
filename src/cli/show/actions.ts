import type { ActionStatus, WireMachineAction } from '../../contract/machine-action.ts';
import type { Io } from '../io.ts';
import { shortId } from '../resolve/action.ts';
import type { Paint } from './style.ts';
import { type Column, writeTable } from './table.ts';
import { ago, lasting } from './time.ts';

export const STATUS_COLOURS: Readonly<Record<ActionStatus, Parameters<Paint>[0]>> = {
  Pending: 'yellow',
  InProgress: 'yellow',
  Succeeded: 'green',
  Failed: 'red',
  TimeOut: 'red',
  Cancelled: 'magenta',
};

/** Milliseconds between the request and the last change. */
export function durationOf(action: WireMachineAction): number {
  return Date.parse(action.lastUpdateDateTimeUtc) - Date.parse(action.creationDateTimeUtc);
}

export async function writeActions(io: Io, actions: readonly WireMachineAction[]): Promise<void> {
  const now = io.now();
  const columns: Column<WireMachineAction>[] = [
    { title: 'ACTION', text: shortId, give: 0 },
    { title: 'TYPE', text: (action) => action.type, give: 2, least: 13 },
    { title: 'MACHINE', text: (action) => action.computerDnsName ?? action.machineId, give: 1, least: 16 },
    {
      title: 'STATUS',
      text: (action) => action.status,
      paint: (action, text, paint) => paint(STATUS_COLOURS[action.status] ?? 'reset', text),
      give: 0,
    },
    { title: 'REQUESTED', text: (action) => ago(action.creationDateTimeUtc, now), give: 3, least: 12 },
    { title: 'TOOK', text: (action) => lasting(durationOf(action)), give: 4 },
    { title: 'BY', text: (action) => action.requestor, give: 5 },
    { title: 'COMMENT', text: (action) => action.requestorComment, give: 6 },
  ];
  await writeTable(io, columns, actions);
}
