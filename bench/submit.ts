/**
 * Authenticated, durable submissions against an empty `node:http` server in the same run: five rounds of each in turn,
 * the median counts. `--json` prints one JSON object, `--rounds N` and `--machines N` change the size.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { LoadOrder } from './submit/load.ts';
import { loaded, median, started } from './submit/measure.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    machines: { type: 'string', default: '10000' },
    connections: { type: 'string', default: '128' },
    /** Where the database is put; its disk is what fsync costs. */
    directory: { type: 'string', default: tmpdir() },
  },
});
const [rounds, machines, connections] = [
  Number(values.rounds),
  Number(values.machines),
  Number(values.connections),
];
const EMPTY_CALLS_PER_ROUND = 40_000;
const body = JSON.stringify({ Comment: 'ticket 8841: host rebuilt, cleaned and validated' });
const say = (text: string) => process.stderr.write(`${text}\n`);

const directory = await mkdtemp(join(values.directory, 'cordon-bench-'));
const generator = (await started('load.ts', 'load')).child;
say(`starting Cordon with ${machines} machines in ${directory} …`);
const cordon = await started('cordon-server.ts', directory, String(machines));
const { port, token, ids } = cordon.hello as { port: number; token: string; ids: string[] };
const headers = ['content-type: application/json', `authorization: Bearer ${token}`];
const answer = await sample();
const empty = await started('empty-server.ts', answer);

const submit: LoadOrder = {
  port,
  connections,
  headers,
  body,
  status: 201,
  paths: ids.map((id) => `/api/machines/${id}/restrictCodeExecution`),
};
const nothing: LoadOrder = {
  ...submit,
  port: (empty.hello as { port: number }).port,
  paths: Array.from({ length: EMPTY_CALLS_PER_ROUND }, (_, index) => submit.paths[index % ids.length]!),
};

const figures: {
  submit: number;
  empty: number;
  ratio: number;
  cores: number;
  emptyCores: number;
  p50: number;
  p99: number;
}[] = [];
try {
  for (let round = 0; round <= rounds; round += 1) {
    const limit = await loaded(generator, empty.child, nothing);
    await idled();
    const ours = await loaded(generator, cordon.child, submit);
    const figure = {
      submit: ours.load.calls / ours.load.seconds,
      empty: limit.load.calls / limit.load.seconds,
      ratio: ours.load.calls / ours.load.seconds / (limit.load.calls / limit.load.seconds),
      cores: ours.cores,
      emptyCores: limit.cores,
      p50: ours.load.medianMilliseconds,
      p99: ours.load.p99Milliseconds,
    };
    say(
      `${round === 0 ? 'warm-up' : `round ${round}`}: ${figure.submit.toFixed(0)} submissions/s on ${figure.cores.toFixed(2)} cores, ` +
        `empty ${figure.empty.toFixed(0)}/s on ${figure.emptyCores.toFixed(2)} cores, ratio ${figure.ratio.toFixed(3)}`,
    );
    if (round > 0) figures.push(figure);
  }
} finally {
  for (const child of [generator, cordon.child, empty.child]) child.kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
}

const result = {
  ratio: median(figures.map(({ ratio }) => ratio)),
  submitPerSecond: median(figures.map(({ submit: perSecond }) => perSecond)),
  emptyPerSecond: median(figures.map(({ empty: perSecond }) => perSecond)),
  submitCores: median(figures.map(({ cores }) => cores)),
  emptyCores: median(figures.map(({ emptyCores }) => emptyCores)),
  submitMedianMilliseconds: median(figures.map(({ p50 }) => p50)),
  submitP99Milliseconds: median(figures.map(({ p99 }) => p99)),
  rounds,
  machines,
  connections,
};
if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
else {
  process.stdout.write(
    `submissions ${result.submitPerSecond.toFixed(0)}/s, empty node:http ${result.emptyPerSecond.toFixed(0)}/s, ` +
      `ratio ${result.ratio.toFixed(3)} (median of ${rounds} rounds, ${connections} connections, ${machines} machines)\n`,
  );
}

/** A real answer, so that the empty server sends as many bytes. It leaves its machine active, hence the pause after. */
async function sample(): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/api/machines/${ids[0]}/restrictCodeExecution`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
  });
  if (response.status !== 201)
    throw new Error(`The sample was answered with ${response.status}: ${await response.text()}`);
  return response.text();
}

async function idled(): Promise<void> {
  const done = new Promise((resolve) => cordon.child.once('message', resolve));
  cordon.child.send('idle');
  await done;
}
