import type { Mode } from '../../../src/contract/control.ts';
import type { ActionRecord, History } from './history.ts';

type Place = 'its own' | 'before';

/** How an action ended: the status, and what it ended from or whether the device undid it, where that decides. */
interface Row {
  readonly mode: ActionRecord['mode'] | 'either';
  readonly status: string;
  readonly when?: (end: { from: string; undone: boolean }) => boolean;
  readonly after: Place;
}

/** The design's table of part 4, "only a person releases", first row that fits. */
const AFTER: readonly Row[] = [
  { mode: 'either', status: 'Cancelled', after: 'before' },
  { mode: 'either', status: 'TimeOut', when: ({ from }) => from === 'Pending', after: 'before' },
  { mode: 'restricted', status: 'TimeOut', after: 'its own' },
  { mode: 'unrestricted', status: 'TimeOut', after: 'before' },
  { mode: 'either', status: 'Failed', when: ({ undone }) => undone, after: 'before' },
  { mode: 'restricted', status: 'Failed', after: 'its own' },
  { mode: 'unrestricted', status: 'Failed', after: 'before' },
  { mode: 'either', status: 'Succeeded', after: 'its own' },
  { mode: 'either', status: 'Pending', after: 'its own' },
  { mode: 'either', status: 'InProgress', after: 'its own' },
];

/** The mode that a machine's actions give, oldest generation first, from one that nothing was ever asked of. */
export function expectedMode(machineId: string, { end, devices }: Pick<History, 'end' | 'devices'>): Mode {
  const undone = devices.find((device) => device.machineId === machineId)?.undone ?? [];
  const actions = end.actions
    .filter((action) => action.machineId === machineId)
    .sort((one, other) => one.generation - other.generation);
  let mode: Mode = 'unmanaged';
  for (const action of actions) {
    const from = action.events.filter(({ late }) => late === 0).at(-2)?.status ?? '';
    const how = { from, undone: undone.includes(action.generation) };
    const row = AFTER.find(
      (one) =>
        (one.mode === 'either' || one.mode === action.mode) &&
        one.status === action.status &&
        (one.when?.(how) ?? true),
    );
    if (row?.after === 'its own') mode = action.mode;
  }
  return mode;
}
