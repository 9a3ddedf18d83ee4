/**
 * Authenticated, durable submissions to one process on PostgreSQL against the bare INSERT of one row of an action: the
 * same driver, callers, server and settings (fsync on), a commit each. Rounds in turn, the median of their ratios counts.
 * Starts a server of its own from Debian's binaries. `--json` prints one JSON object.
 */
import { parseArgs } from 'node:util';
import { startPostgres } from '../test/kit/postgres.ts';
import { answerOf, loaded, median, started } from './submit/measure.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    machines: { type: 'string', default: '5000' },
    callers: { type: 'string', default: '128' },
    /** Connections of the bare INSERT's pool; pg's own preset is 10. */
    connections: { type: 'string', default: '10' },
  },
});
const [rounds, machines] = [Number(values.rounds), Number(values.machines)];
const say = (text: string) => process.stderr.write(`${text}\n`);

await using database = await startPostgres(['fsync=on', 'full_page_writes=on']);
const url = await database.url('bench');
say(`starting Cordon with ${machines} machines …`);
const cordon = await started('cordon-server.ts', url, String(machines));
const generator = (await started('load.ts', 'load')).child;
const bare = (await started('../postgres/bare-insert.ts', url, values.callers, values.connections)).child;
const { port, token, ids } = cordon.hello as { port: number; token: string; ids: string[] };
const order = {
  port,
  connections: Number(values.callers),
  headers: ['content-type: application/json', `authorization: Bearer ${token}`],
  body: JSON.stringify({ Comment: 'ticket 8841: host rebuilt, cleaned and validated' }),
  status: 201,
  paths: ids.map((id) => `/api/machines/${id}/restrictCodeExecution`),
};

const figures: { submit: number; insert: number; ratio: number; cores: number }[] = [];
try {
  for (let round = 0; round <= rounds; round += 1) {
    bare.send(machines);
    const insert = machines / ((await answerOf(bare)) as number);
    const ours = await loaded(generator, cordon.child, order);
    const submit = ours.load.calls / ours.load.seconds;
    const cores = Object.values(ours.threads).reduce((sum, time) => sum + time, 0) / 1e6 / ours.load.seconds;
    const figure = { submit, insert, ratio: submit / insert, cores };
    say(
      `${round === 0 ? 'warm-up' : `round ${round}`}: ${submit.toFixed(0)} submissions/s on ${cores.toFixed(2)} cores, ` +
        `${insert.toFixed(0)} bare inserts/s, ratio ${figure.ratio.toFixed(2)}, p99 ${ours.load.p99Milliseconds.toFixed(0)} ms`,
    );
    if (round > 0) figures.push(figure);
    cordon.child.send('idle');
    await answerOf(cordon.child);
  }
} finally {
  for (const child of [generator, cordon.child, bare]) child.kill('SIGKILL');
}
const result = {
  ratio: median(figures.map(({ ratio }) => ratio)),
  submitPerSecond: median(figures.map(({ submit }) => submit)),
  insertPerSecond: median(figures.map(({ insert }) => insert)),
  submitCores: median(figures.map(({ cores }) => cores)),
  rounds,
  machines,
  callers: Number(values.callers),
  connections: Number(values.connections),
};
process.stdout.write(
  values.json
    ? `${JSON.stringify(result)}\n`
    : `submissions ${result.submitPerSecond.toFixed(0)}/s, bare inserts ${result.insertPerSecond.toFixed(0)}/s, ` +
        `ratio ${result.ratio.toFixed(2)} (median of ${rounds} rounds, ${values.callers} callers)\n`,
);
