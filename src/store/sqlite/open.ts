import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Name of a database that lives in memory only. */
export const MEMORY = ':memory:';

/**
 * Pages that the log may hold before they are moved into the database: 128 MB. Machine ids are random, so that each
 * request touches pages of its own; with 32 MB a fleet of 10,000 had them moved four times while it was restricted once,
 * and writers wait meanwhile. After a crash the log is read once, in well under a second.
 */
const CHECKPOINT_PAGES = 32_768;
/**
 * Kilobytes of pages kept by the writing connection. Not more: SQLite walks through all of them at the end of each
 * transaction that split a page of an index, which with 64 MB took an eighth of the writer's time.
 */
const WRITER_CACHE_KB = 16_384;
/** How long the writer's thread waits for a lock of another program, in milliseconds; nobody else waits with it. */
const WRITER_PATIENCE_MS = 2000;

/** Creates the folder and the file for their owner only: the database holds the server's private keys. */
export function createPrivately(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
}

/** The connection that writes. */
export function openWriter(path: string, patienceMs = WRITER_PATIENCE_MS): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: patienceMs });
  database.exec('pragma journal_mode = wal');
  database.exec('pragma synchronous = full');
  database.exec('pragma foreign_keys = on');
  // Savepoints copy the pages they touch; they do that in memory.
  database.exec('pragma temp_store = memory');
  database.exec(`pragma cache_size = -${WRITER_CACHE_KB}`);
  database.exec(`pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  database.exec(`pragma journal_size_limit = ${CHECKPOINT_PAGES * 4096 * 2}`);
  return database;
}

/** A connection that only reads; it never waits, since in WAL mode nothing but a repair could make it. */
export function openReader(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 0 });
  database.exec('pragma temp_store = memory');
  database.exec('pragma cache_size = -16384');
  return database;
}
