/**
 * Authenticated, durable submissions against an empty `node:http` server in the same run: five rounds of each in turn,
 * the median counts. `--json` prints one JSON object; other options change the size.
 */
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { runSubmit } from './submit/run.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    'warm-up': { type: 'string', default: '4' },
    machines: { type: 'string', default: '10000' },
    connections: { type: 'string', default: '128' },
    directory: { type: 'string', default: tmpdir() },
  },
});

const result = await runSubmit({
  rounds: Number(values.rounds),
  warmUp: Number(values['warm-up']),
  machines: Number(values.machines),
  connections: Number(values.connections),
  directory: values.directory,
  say: (text) => void process.stderr.write(`${text}\n`),
});
if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
else {
  process.stdout.write(
    `submissions ${result.submitPerSecond.toFixed(0)}/s, empty node:http ${result.emptyPerSecond.toFixed(0)}/s, ` +
      `ratio ${result.ratio.toFixed(3)} (median of ${result.rounds} rounds, ${result.connections} connections, ` +
      `${result.machines} machines)\n`,
  );
}
