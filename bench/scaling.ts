/**
 * `npm run bench:scaling`: checks the sums of docs/scaling.md by a simulation of at most ten of the processes, once with one of
 * them failing, which is worse than one of all. Computed from docs/performance.json.
 */
import { benchCommand, positiveNumber, wholeNumber } from './command.ts';
import { readRecord } from './page/record.ts';
import { costsOf } from './scaling/inputs.ts';
import { short } from './scaling/rows.ts';
import { simulate } from './scaling/simulate.ts';
import { needsOf } from './scaling/sum.ts';

interface Values {
  readonly json: boolean;
  readonly devices: number;
  readonly actions?: number;
  readonly seconds: number;
  readonly seed: number;
}

const { json, devices, seconds, seed, ...given } = benchCommand(
  'bench:scaling',
  'Checks the sums of docs/scaling.md by a simulation of at most ten of the processes, once with one of them failing.',
)
  .option('--devices <N>', 'devices of the fleet', wholeNumber, 1_000_000)
  .option(
    '--actions <RATE>',
    'actions a second over all devices (one a device every 1,000 minutes)',
    positiveNumber,
  )
  .option('--seconds <N>', 'time that is simulated', wholeNumber, 60)
  .option('--seed <N>', 'of what is drawn', wholeNumber, 1)
  .parse()
  .opts<Values>();
/** Processes are alike, so that a part of them tells as much as all. */
const SIMULATED = 10;

const fleet = { devices, actions: given.actions ?? devices / 1000 / 60 };
const { costs, assumed } = costsOf(readRecord());
const needs = needsOf(fleet, costs);
const processes = Math.max(2, Math.min(SIMULATED, needs.processes));
const share = processes / needs.processes;
const base = {
  ...{ seed, processes, costs, seconds, backoff: 1 },
  devices: fleet.devices * share,
  actions: fleet.actions * share,
};
const calm = simulate({ ...base, failsAt: null });
const failing = simulate({ ...base, failsAt: seconds / 3 });
if (json) process.stdout.write(`${JSON.stringify({ fleet, needs, processes, calm, failing, assumed })}\n`);
else {
  const line = (name: string, sum: number, simulated: number) =>
    `${name.padEnd(38)} ${short(sum).padStart(12)} ${short(simulated / share).padStart(12)}\n`;
  process.stdout.write(
    `${fleet.devices} devices, ${short(fleet.actions)} actions a second, ${needs.processes} processes, ${processes} of them simulated\n` +
      `${''.padEnd(38)} ${'sum'.padStart(12)} ${'simulated'.padStart(12)}\n` +
      line('exchanges a second of idle devices', needs.idleExchangesPerSecond, calm.exchangesPerSecond) +
      line('rows written a second', needs.seenPerSecond + needs.actionRowsPerSecond, calm.rowsPerSecond) +
      line('cores', needs.cores, calm.busy * processes) +
      `at a process, from arrival to done: p50 ${calm.p50.toFixed(2)} ms, p99 ${calm.p99.toFixed(2)} ms\n` +
      `one of the ${processes} fails: its devices are back after ${failing.allBackIn?.toFixed(2)} s; p99 of what came in the ten seconds after ${failing.p99AfterFailure?.toFixed(2)} ms; ${short(failing.mostRowsInASecond)} rows written in the worst second of these ${processes}\n` +
      (assumed.length === 0 ? '' : `assumed, since not measured: ${assumed.join(', ')}\n`),
  );
}
