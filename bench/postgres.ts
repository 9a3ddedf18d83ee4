/**
 * `npm run bench:postgres`: submissions to one process on PostgreSQL against the bare INSERT of one row, as
 * `postgres/run.ts` says. `--json` prints one JSON object; other options change the size.
 */
import { parseArgs } from 'node:util';
import { runPostgres } from './postgres/run.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    machines: { type: 'string', default: '5000' },
    callers: { type: 'string', default: '128' },
    connections: { type: 'string', default: '10' },
  },
});
const sizes = {
  rounds: Number(values.rounds),
  machines: Number(values.machines),
  callers: Number(values.callers),
  connections: Number(values.connections),
};
const result = await runPostgres({ ...sizes, say: (text) => void process.stderr.write(`${text}\n`) });
process.stdout.write(
  values.json
    ? `${JSON.stringify({ ...result, ...sizes })}\n`
    : `submissions ${result.submitPerSecond.toFixed(0)}/s, bare inserts ${result.insertPerSecond.toFixed(0)}/s, ` +
        `ratio ${result.ratio.toFixed(2)} (median of ${sizes.rounds} rounds, ${sizes.callers} callers)\n`,
);
