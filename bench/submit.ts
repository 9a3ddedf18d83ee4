/**
 * `npm run bench:submit`: authenticated, durable submissions against an empty `node:http` server in the same run, five rounds of
 * both, the median counts.
 */
import { tmpdir } from 'node:os';
import { benchCommand, wholeNumber } from './command.ts';
import { runSubmit } from './submit/run.ts';

interface Values {
  readonly json: boolean;
  readonly rounds: number;
  readonly warmUp: number;
  readonly machines: number;
  readonly connections: number;
  readonly directory: string;
}

const { json, ...options } = benchCommand(
  'bench:submit',
  'Measures authenticated, durable submissions against an empty `node:http` server in the same run; progress goes to standard error.',
)
  .option('--rounds <N>', 'rounds that count', wholeNumber, 5)
  .option('--warm-up <N>', 'rounds before them', wholeNumber, 4)
  .option('--machines <N>', 'machines, and so submissions in a round', wholeNumber, 10_000)
  .option('--connections <N>', 'kept connections', wholeNumber, 128)
  .option('--directory <DIR>', 'where the database is made; its disk is what a commit costs', tmpdir())
  .parse()
  .opts<Values>();

const result = await runSubmit({ ...options, say: (text) => void process.stderr.write(`${text}\n`) });
if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
else {
  process.stdout.write(
    `submissions ${result.submitPerSecond.toFixed(0)}/s, empty node:http ${result.emptyPerSecond.toFixed(0)}/s, ` +
      `ratio ${result.ratio.toFixed(3)} (median of ${result.rounds} rounds, ${result.connections} connections, ` +
      `${result.machines} machines)\n`,
  );
}
