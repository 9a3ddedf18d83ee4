/** The servers of a run and what they stand on, with handles for the faults. */
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Client, client } from '../../../src/sdk/index.ts';
import { DATABASE_FILE } from '../../../src/server/stores.ts';
import { scratchDirectory } from '../leftovers.ts';
import { type PostgresServer, startPostgres } from '../postgres.ts';
import { until } from '../processes.ts';
import { readAdministrator, type ServerProcess, startServerProcess } from '../server-process.ts';
import { type Read, readingFile } from './stored.ts';

export const ENGINES = ['sqlite', 'postgres'] as const;
export type Engine = (typeof ENGINES)[number];

export interface Site extends AsyncDisposable {
  readonly engine: Engine;
  readonly servers: readonly ServerProcess[];
  /** Null where the servers stand on SQLite. */
  readonly database: PostgresServer | null;
  readonly read: Read;
  /** Sets the wall clock of a server so many milliseconds off the true time. */
  turnClock(server: ServerProcess, milliseconds: number): Promise<void>;
  /** A client of each server that tries once. @param fetch its way to the server */
  clients(fetch: typeof globalThis.fetch): Promise<readonly Client[]>;
}

/** What every server is told: one issuer, and deadlines that a fault can reach. */
const WORDS = ['--public-url', 'http://cordon.test', '--pending-timeout', '20s', '--progress-timeout', '20s'];
const CLOCK = new URL('./turned-clock.ts', import.meta.url);
const COMPILED = new URL('../keep-compiled.ts', import.meta.url);
/** The schema whose `pg_notify` goes before PostgreSQL's own. */
const SCHEMA = 'faults';

interface Parts {
  readonly engine: Engine;
  readonly servers: readonly ServerProcess[];
  readonly database: PostgresServer | null;
  readonly read: Read;
  readonly clocks: ReadonlyMap<ServerProcess, string>;
  close(): Promise<void>;
}

export function startSite(engine: Engine): Promise<Site> {
  return (engine === 'sqlite' ? onSqlite() : onPostgres()).then(siteOf);
}

function siteOf({ clocks, close, ...parts }: Parts): Site {
  return {
    ...parts,
    async turnClock(server, milliseconds) {
      const file = clocks.get(server)!;
      writeFileSync(file, String(milliseconds));
      server.process().child.kill('SIGUSR2');
      await until('the clock is turned', async () => {
        const done = await readFile(`${file}.done`, 'utf8').catch(() => '');
        return done === String(milliseconds);
      });
    },
    async clients(fetch) {
      const credentials = await readAdministrator(parts.servers[0]!.data);
      return parts.servers.map(({ url }) =>
        client({ url, credentials, retry: { attempts: 1 }, system: { fetch } }),
      );
    },
    [Symbol.asyncDispose]: close,
  };
}

async function onSqlite(): Promise<Parts> {
  const scratch = scratchDirectory('clocks');
  const clock = join(scratch.path, 'one');
  const server = await startServerProcess(WORDS, turned(clock, scratch.path));
  return {
    engine: 'sqlite',
    servers: [server],
    database: null,
    read: readingFile(join(server.data, DATABASE_FILE)),
    clocks: new Map([[server, clock]]),
    async close() {
      await server[Symbol.asyncDispose]();
      scratch.remove();
    },
  };
}

async function onPostgres(): Promise<Parts> {
  await using stack = new AsyncDisposableStack();
  const scratch = scratchDirectory('clocks');
  stack.defer(() => scratch.remove());
  const database = stack.use(await startPostgres());
  await notificationsThatCanBeLost(database);
  const url = new URL(await database.url());
  url.searchParams.set('options', `-c search_path=${SCHEMA},pg_catalog`);
  const environment = { CORDON_DATABASE_URL: url.href };
  const words = [...WORDS, '--drain', '0s'];
  const clocks = [join(scratch.path, 'one'), join(scratch.path, 'other')];
  const one = stack.use(
    await startServerProcess(words, { ...environment, ...turned(clocks[0]!, scratch.path) }),
  );
  const other = stack.use(
    await startServerProcess(words, { ...environment, ...turned(clocks[1]!, scratch.path) }, one),
  );
  const kept = stack.move();
  return {
    engine: 'postgres',
    servers: [one, other],
    database,
    read: (text) => database.query(inSchema(text)),
    clocks: new Map([
      [one, clocks[0]!],
      [other, clocks[1]!],
    ]),
    close: () => kept.disposeAsync(),
  };
}

/** A `pg_notify` of the schema's own, which does nothing while the table says so. */
async function notificationsThatCanBeLost(database: PostgresServer): Promise<void> {
  await database.query(`create schema ${SCHEMA}`);
  await database.query(`create table ${SCHEMA}.fault (silent boolean not null)`);
  await database.query(`insert into ${SCHEMA}.fault values (false)`);
  await database.query(
    `create function ${SCHEMA}.pg_notify(text, text) returns void language sql as
     $$ select case when (select silent from ${SCHEMA}.fault) then null else pg_catalog.pg_notify($1, $2) end $$`,
  );
}

/** Loses every notification from now on, or none. */
export async function silence(database: PostgresServer, silent: boolean): Promise<void> {
  await database.query(`update ${SCHEMA}.fault set silent = $1`, [silent]);
}

const inSchema = (text: string) => text.replaceAll(/\bfrom (\w+)/g, `from ${SCHEMA}.$1`);
/** What a server is started with: a clock that can be turned, and what Node has compiled, since it starts often. */
const turned = (file: string, folder: string) => ({
  TURNED_CLOCK: file,
  NODE_COMPILE_CACHE: join(folder, 'compiled'),
  NODE_OPTIONS: `--import=${CLOCK.href} --import=${COMPILED.href}`,
});
