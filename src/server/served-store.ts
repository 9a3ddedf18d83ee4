import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isLoopback } from '../contract/loopback.ts';
import type { ServeOptions } from '../contract/run-options.ts';
import type { Log } from '../service/log.ts';
import type { Neighbours } from '../service/neighbours.ts';
import { UNFINISHED } from '../store/copy/index.ts';
import { prepareDataDirectory } from './data-directory.ts';
import { openNamedDatabase } from './named-database.ts';
import { DATABASE_FILE, openDirectory, type Store } from './stores.ts';
import { SYSTEM_TIME, type TimeSource } from './time-source.ts';

/** A store to serve, with what comes with it. */
export interface ServedStore {
  readonly store: Store;
  readonly time: TimeSource;
  readonly neighbours?: Neighbours;
  /** What the log calls it; never with a password. */
  readonly place: string;
}

/**
 * Opens the store that the options name: a PostgreSQL database that others may serve too, or a SQLite file in the data
 * directory. An emulator's store is refused, since everybody knows its credentials.
 * @param committed is told how many units shared each commit
 * @throws Error with the remedy
 */
export async function openServedStore(
  { data, databaseUrl }: Pick<ServeOptions, 'data' | 'databaseUrl'>,
  log: Log,
  committed?: (units: number) => void,
): Promise<ServedStore> {
  if (data !== null) await prepareDataDirectory(data);
  const served =
    databaseUrl === null ? await ofDirectory(data, committed) : await ofDatabase(databaseUrl, committed);
  try {
    await requireServable(served);
  } catch (error) {
    await served.store[Symbol.asyncDispose]();
    throw error;
  }
  if (databaseUrl !== null) warn(databaseUrl, data, served.place, log);
  return served;
}

/** @throws Error when nobody should be served from the store */
async function requireServable({ store, place }: ServedStore): Promise<void> {
  if ((await store.setting('emulator')) !== null) {
    throw new Error(
      `${place} was made by an emulator, whose credentials everybody knows. Start it with "cordon emulate --data", or give "cordon serve" an empty one.`,
    );
  }
  if ((await store.setting(UNFINISHED)) !== null) {
    throw new Error(
      `${place} is a copy that was not finished. Run the same "cordon store copy" again, to its end.`,
    );
  }
}

/** Tells what an operator may not have meant. */
function warn(url: string, data: string | null, database: string, log: Log): void {
  if (data !== null && existsSync(join(data, DATABASE_FILE))) {
    log.warn(
      { unused: join(data, DATABASE_FILE), database },
      'the database file in the data directory is not used; "cordon store copy" brings it into the database',
    );
  }
  const { hostname, searchParams } = new URL(url);
  const near = hostname === '' || hostname.startsWith('%2F') || isLoopback(hostname);
  if (near || searchParams.has('sslmode') || searchParams.has('ssl')) return;
  log.warn(
    { database },
    'what goes to the database and comes from it travels in the clear: add sslmode=verify-full to --database-url',
  );
}

async function ofDirectory(data: string | null, committed?: (units: number) => void): Promise<ServedStore> {
  if (data === null) throw new Error('Give "cordon serve" a --data directory or a --database-url.');
  return { store: await openDirectory(data, DATABASE_FILE, committed), time: SYSTEM_TIME, place: data };
}

async function ofDatabase(url: string, committed?: (units: number) => void): Promise<ServedStore> {
  const { monotonic } = SYSTEM_TIME;
  // Its packages are loaded where they are needed.
  const { openPostgres } = await import('../store/postgres/index.ts');
  const { store, clock, signals } = await openNamedDatabase(
    '--database-url',
    openPostgres(url, monotonic, committed),
  );
  const time = { wall: clock.milliseconds, monotonic, measure: clock.measure };
  return { store, time, neighbours: signals, place: placeOf(url) };
}

/** Host and name of a database, without user, password and parameters. */
export function placeOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  return parsed === null ? 'postgres' : `postgres://${parsed.host}${parsed.pathname}`;
}
