import type { Client } from 'pg';
import { CordonError } from '../../domain/error.ts';
import type { Sql } from '../sql.ts';
import { type Connect, connector, createConnection, type Settings } from './connection.ts';
import { POSTGRES } from './dialect.ts';
import { unavailable } from './failure.ts';
import { createGroup } from './group.ts';
import { migrateDatabase } from './migrate.ts';
import { createReader } from './reader.ts';
import { createScans } from './scans.ts';

/** Connections of one process: two that write, two that read, two for long reads; the listener adds one. */
const EACH = 2;

/**
 * What limits a statement. A process that is stopped in the middle of a transaction holds rows that others want, so the
 * server ends such a transaction soon.
 */
const WRITING: Settings = {
  lock_timeout: '1s',
  statement_timeout: '8s',
  idle_in_transaction_session_timeout: '5s',
  default_transaction_isolation: 'read committed',
};
const READING: Settings = { statement_timeout: '5s' };

/** An answer must not leave before what it says is on the disk, whatever the database does for others. */
const DURABLE =
  "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'";

/** Durable writes, also where the database's own setting is another. */
const writing = (url: string): Connect => {
  const connect = connector(url, WRITING);
  return async () => {
    const client = await connect();
    await client.query(DURABLE);
    return client;
  };
};

/**
 * Opens a database, and brings it to the newest schema.
 * @param committed is told how many units shared each commit
 * @throws CordonError `DisallowedOperation` when it is newer than this program, or cannot hold all text;
 *   `ServiceUnavailable` when it cannot be reached
 */
export async function openPostgresSql(
  url: string,
  committed: (units: number) => void = () => {},
): Promise<Sql> {
  const first = await connector(url, {})().catch((error: Error & { code?: string }) => {
    // Several addresses of one name fail as one error without words of its own.
    const reason = error.message === '' ? error.code : error.message;
    throw unavailable(`The database cannot be opened: ${reason}.`, error);
  });
  try {
    await requireUnicode(first);
    await migrateDatabase(first);
  } finally {
    await first.end();
  }
  const connections = (connect: Connect) => Array.from({ length: EACH }, () => createConnection(connect));
  const group = createGroup(connections(writing(url)), committed);
  const reader = createReader(connections(connector(url, READING)));
  const scans = createScans(connections(connector(url, {})));
  return {
    dialect: POSTGRES,
    exclusive: false,
    all: reader.read,
    scan: scans.scan,
    batch: group.batch,
    waiting: () => ({ writes: group.waiting(), scans: scans.waiting() }),
    async close() {
      await group.close();
      await Promise.all([reader.close(), scans.close()]);
    },
  };
}

async function requireUnicode(client: Client): Promise<void> {
  const { rows } = await client.query('show server_encoding');
  const encoding = String(rows[0]?.server_encoding);
  if (encoding === 'UTF8') return;
  throw new CordonError(
    'DisallowedOperation',
    `The database has the encoding ${encoding}, which cannot hold all names and comments. ` +
      "Make it with: create database cordon encoding 'UTF8' template template0",
  );
}
