import type { Store } from '../port.ts';
import { statement } from '../sql.ts';
import { openStore } from '../store.ts';
import { type DatabaseClock, startDatabaseClock } from './clock.ts';
import { connector } from './connection.ts';
import { openPostgresSql } from './open.ts';
import { openSignals, type Signals } from './signals.ts';

export type { DatabaseClock, Signals };

/** A database with what its processes share besides rows. */
export interface PostgresStore {
  readonly store: Store;
  readonly clock: DatabaseClock;
  readonly signals: Signals;
}

const NOW = statement('now', 'select (extract(epoch from clock_timestamp()) * 1000)::bigint as milliseconds');

/**
 * Opens the store in a PostgreSQL database, which any number of processes may have open. Disposing the store closes all
 * of it.
 * @param url `postgres://user:password@host:port/database`, with libpq's parameters
 * @param monotonic milliseconds that never jump
 * @param committed is told how many units shared each commit
 * @throws CordonError `DisallowedOperation` when a newer Cordon wrote it, `ServiceUnavailable` when it cannot be reached
 */
export async function openPostgres(
  url: string,
  monotonic: () => number,
  committed?: (units: number) => void,
): Promise<PostgresStore> {
  const sql = await openPostgresSql(url, committed);
  const clock = await startDatabaseClock(
    async () => Number((await sql.all(NOW, []))[0]?.milliseconds),
    monotonic,
  ).catch(async (error) => {
    await sql.close();
    throw error;
  });
  // What is told may be lost anyway, so nobody waits for it to be on the disk.
  const signals = openSignals(connector(url, { synchronous_commit: 'off' }));
  const store = openStore({
    ...sql,
    async close() {
      await signals.close();
      await sql.close();
    },
  });
  return { store, clock, signals };
}

/** The store alone, for work beside a server. */
export const openPostgresStore = async (url: string): Promise<Store> => openStore(await openPostgresSql(url));
