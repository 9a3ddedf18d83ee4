import { startPostgres, whyNoPostgres } from '../../test/kit/postgres.ts';
import { runPostgres } from '../postgres/run.ts';
import { gatherAt, waiting } from './gathering.ts';
import type { Part, Surroundings } from './part.ts';
import { startServed } from './served.ts';

const CALLERS = 128;
const CONNECTIONS = 10;
/** The least that tells one action's cost from chance. */
const LIFE = { devices: 200, rate: 40, seconds: 10 };

/** Submissions on PostgreSQL, and what a whole action writes there. */
export const postgres: Part = {
  name: 'postgres',
  figures: ['submitPostgresRatio'],
  how: "rounds of the bare INSERT and Cordon in turn on one PostgreSQL of Debian's package, flushing (fsync and full page writes on), 128 callers, pg's preset of 10 connections, half of the machines; the median of the ratios of the rounds that follow one of warm-up. Then 200 devices carry out 40 actions a second, and PostgreSQL's own counters tell what one action writes from its request to its proof.",
  minutes: 2.5,
  async run({ rounds, machines, devices }, { directory, say }) {
    const missing = whyNoPostgres();
    if (missing !== null)
      return { figures: { submitPostgresRatio: null }, reasons: { submitPostgresRatio: missing } };
    const result = await runPostgres({
      ...{ rounds, callers: CALLERS, connections: CONNECTIONS, say },
      machines: Math.ceil(machines / 2),
    });
    return {
      figures: { submitPostgresRatio: Math.round(result.ratio * 100) / 100 },
      details: {
        postgresSubmitPerSecond: Math.round(result.submitPerSecond),
        postgresInsertPerSecond: Math.round(result.insertPerSecond),
        ...(await writesOfAnAction(Math.min(LIFE.devices, devices), { directory, say })),
      },
    };
  },
};

/** What PostgreSQL counts for each action that devices carry out. */
async function writesOfAnAction(devices: number, { directory, say }: Surroundings) {
  await using database = await startPostgres(['fsync=on', 'full_page_writes=on']);
  const served = await startServed(directory, { databaseUrl: await database.url('life') });
  const gathering = gatherAt(served, say);
  const counters = async () => {
    const [row] = await database.query(
      `select xact_commit as commits, tup_inserted + tup_updated + tup_deleted as written,
        pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as log
       from pg_stat_database where datname = current_database()`,
    );
    return { commits: Number(row!.commits), written: Number(row!.written), log: Number(row!.log) };
  };
  try {
    const fleet = await gathering.come('life', devices);
    await waiting(served, devices);
    const before = await counters();
    const journeys = await gathering.ask('life', fleet, LIFE.rate, LIFE.seconds);
    const after = await counters();
    const each = (name: keyof typeof before) => (after[name] - before[name]) / journeys.length;
    return {
      postgresCommitsPerAction: Math.round(each('commits') * 10) / 10,
      postgresRowsWrittenPerAction: Math.round(each('written') * 10) / 10,
      postgresLogBytesPerAction: Math.round(each('log')),
    };
  } finally {
    await gathering.stop();
    await served.stop();
  }
}
