/** `npm run bench:postgres`: submissions to one process on PostgreSQL against the bare INSERT of one row, as `postgres/run.ts` says. */
import { benchCommand, wholeNumber } from './command.ts';
import { runPostgres } from './postgres/run.ts';

interface Values {
  readonly json: boolean;
  readonly rounds: number;
  readonly machines: number;
  readonly callers: number;
  readonly connections: number;
}

const { json, ...sizes } = benchCommand(
  'bench:postgres',
  'Measures submissions to one process on PostgreSQL against the bare INSERT of one row, by the same driver, commit settings and callers. Starts a PostgreSQL of its own.',
)
  .option('--rounds <N>', 'rounds that count', wholeNumber, 5)
  .option('--machines <N>', 'machines, and so submissions in a round', wholeNumber, 5_000)
  .option('--callers <N>', 'calls under way', wholeNumber, 128)
  .option('--connections <N>', 'connections to the database', wholeNumber, 10)
  .parse()
  .opts<Values>();
const result = await runPostgres({ ...sizes, say: (text) => void process.stderr.write(`${text}\n`) });
process.stdout.write(
  json
    ? `${JSON.stringify({ ...result, ...sizes })}\n`
    : `submissions ${result.submitPerSecond.toFixed(0)}/s, bare inserts ${result.insertPerSecond.toFixed(0)}/s, ` +
        `ratio ${result.ratio.toFixed(2)} (median of ${sizes.rounds} rounds, ${sizes.callers} callers)\n`,
);
