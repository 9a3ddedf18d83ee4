import { readRecord } from '../page/record.ts';
import { costsOf } from './inputs.ts';
import { type Fleet, type Needs, needsOf } from './sum.ts';

/** The fleets that docs/scaling.md has a column for. A thousandth of the devices is acted on in the busiest minute. */
export const FLEETS: readonly Fleet[] = [10_000, 100_000, 1_000_000].map((devices) => ({
  devices,
  actions: devices / 1000 / 60,
}));

const ROWS: readonly (readonly [name: string, value: (needs: Needs, fleet: Fleet) => string])[] = [
  ['actions a second', (_, { actions }) => short(actions)],
  ['exchanges a second', ({ exchangesPerSecond }) => short(exchangesPerSecond)],
  ['cores of all processes together', ({ cores }) => short(cores)],
  ['processes', ({ processes }) => short(processes)],
  ['share of a core that each uses', ({ busy }) => `${Math.round(busy * 100)} %`],
  ['memory of the devices in each, behind a proxy', ({ bytesEach }) => `${short(bytesEach / 2 ** 20)} MB`],
  ['the same with TLS in the process', ({ bytesEachTls }) => `${short(bytesEachTls / 2 ** 20)} MB`],
  ['rows written a second: devices seen', ({ seenPerSecond }) => short(seenPerSecond)],
  ['rows written a second: actions', ({ actionRowsPerSecond }) => short(actionRowsPerSecond)],
  ['commits a second of actions', ({ commitsPerSecond }) => short(commitsPerSecond)],
  ['rows read a second for hints that were lost', ({ lookedAtPerSecond }) => short(lookedAtPerSecond)],
  [
    'log of the database a second, by actions',
    ({ logBytesPerSecond }) => `${short(logBytesPerSecond / 1024)} KB`,
  ],
  ['rows that a year of this rate adds', ({ rowsPerYear }) => `${short(rowsPerYear / 1e6)} million`],
  ['stored in a year at this rate', ({ bytesPerYear }) => `${short(bytesPerYear / 2 ** 30)} GB`],
  ['databases, by the commits of actions', ({ databases }) => short(databases)],
];

/** The table of docs/scaling.md. */
export const SCALING_HEADS = ['for devices', ...FLEETS.map(({ devices }) => devices.toLocaleString('en'))];
export function scalingRows(): readonly (readonly string[])[] {
  const { costs } = costsOf(readRecord());
  const columns = FLEETS.map((fleet) => ({ fleet, needs: needsOf(fleet, costs) }));
  return ROWS.map(([name, value]) => [name, ...columns.map(({ fleet, needs }) => value(needs, fleet))]);
}

/** What the table is computed from, and whether this machine has measured it. */
export function costRows(): readonly (readonly string[])[] {
  const { costs, assumed } = costsOf(readRecord());
  return Object.entries(costs).map(([name, value]) => [
    `\`${name}\``,
    String(value),
    assumed.includes(name) ? 'assumed' : 'measured',
  ]);
}

/** Three digits, thousands with commas. */
export function short(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}
