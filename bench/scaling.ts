/**
 * `npm run bench:scaling`: checks the sums of docs/scaling.md by a simulation of at most ten of the processes, once with one of
 * them failing, which is worse than one of all: `-- --devices N --actions R --seconds N --seed N`, `--json` for one JSON object. Computed from docs/performance.json.
 */
import { parseArgs } from 'node:util';
import { readRecord } from './page/record.ts';
import { costsOf } from './scaling/inputs.ts';
import { short } from './scaling/rows.ts';
import { simulate } from './scaling/simulate.ts';
import { needsOf } from './scaling/sum.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    devices: { type: 'string', default: '1000000' },
    /** A second, over all devices. */
    actions: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
  },
});
/** Processes are alike, so that a part of them tells as much as all. */
const SIMULATED = 10;

const devices = Number(values.devices);
const fleet = { devices, actions: Number(values.actions ?? devices / 1000 / 60) };
const { costs, assumed } = costsOf(readRecord());
const needs = needsOf(fleet, costs);
const processes = Math.max(2, Math.min(SIMULATED, needs.processes));
const share = processes / needs.processes;
const seconds = Number(values.seconds);
const base = {
  ...{ seed: Number(values.seed), processes, costs, seconds, backoff: 1 },
  devices: fleet.devices * share,
  actions: fleet.actions * share,
};
const calm = simulate({ ...base, failsAt: null });
const failing = simulate({ ...base, failsAt: seconds / 3 });
if (values.json)
  process.stdout.write(`${JSON.stringify({ fleet, needs, processes, calm, failing, assumed })}\n`);
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
