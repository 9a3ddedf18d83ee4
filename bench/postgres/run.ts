import { startPostgres } from '../../test/kit/postgres.ts';
import { answerOf, loaded, median, started } from '../submit/measure.ts';

export interface PostgresOptions {
  readonly rounds: number;
  readonly machines: number;
  /** Calls under way at a time, of either. */
  readonly callers: number;
  /** Connections of the bare INSERT's pool; pg's own preset is 10. */
  readonly connections: number;
  readonly say: (text: string) => void;
}

/** Medians of the rounds. */
export interface PostgresResult {
  /** Submissions in a second over bare inserts in a second. */
  readonly ratio: number;
  readonly submitPerSecond: number;
  readonly insertPerSecond: number;
  /** Cores that Cordon used; PostgreSQL not counted. */
  readonly submitCores: number;
}

/**
 * Authenticated, durable submissions to one process on PostgreSQL against the bare INSERT of one row of an action: the
 * same driver, callers, server and settings (fsync on), a commit each. Starts a server of its own from Debian's binaries.
 */
export async function runPostgres(options: PostgresOptions): Promise<PostgresResult> {
  const { rounds, machines, callers, connections, say } = options;
  await using database = await startPostgres(['fsync=on', 'full_page_writes=on']);
  const url = await database.url('bench');
  say(`starting Cordon with ${machines} machines …`);
  const cordon = await started('cordon-server.ts', url, String(machines));
  const generator = (await started('load.ts', 'load')).child;
  const bare = (await started('../postgres/bare-insert.ts', url, String(callers), String(connections))).child;
  const { port, token, ids } = cordon.hello as { port: number; token: string; ids: string[] };
  const order = {
    port,
    connections: callers,
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
      const cores =
        Object.values(ours.threads).reduce((sum, time) => sum + time, 0) / 1e6 / ours.load.seconds;
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
  return {
    ratio: median(figures.map(({ ratio }) => ratio)),
    submitPerSecond: median(figures.map(({ submit }) => submit)),
    insertPerSecond: median(figures.map(({ insert }) => insert)),
    submitCores: median(figures.map(({ cores }) => cores)),
  };
}
