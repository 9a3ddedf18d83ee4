/** Copies of a whole database: made beside a process that serves it, and checked before they count as made. */
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import type { StoreBackupProgress } from '../../contract/run-options.ts';
import { CordonError } from '../../domain/error.ts';
import { failureOf } from './failure.ts';
import { createPrivately } from './open.ts';

/** Pages of 4 KB copied at a time, between which progress is told. */
const PAGES = 2500;
/** How long a reader waits for a lock, in milliseconds; a writer in WAL mode holds none that matters. */
const PATIENCE_MS = 5000;

/** SQLite's result code for a file that is none of its databases. */
const NOT_A_DATABASE = 26;

/**
 * Copies the database as it is at one moment, whatever is written meanwhile: the source is read within one transaction,
 * which no writer waits for. The copy appears under its name when it is whole, synced and prepared, readable by its
 * owner only. What is under the name already is replaced, so callers look first.
 * @param prepare changes and checks the copy before it gets its name; what it throws undoes everything
 */
export async function copyDatabase<T>(
  from: string,
  to: string,
  prepare: (copy: DatabaseSync) => T,
  progress: (progress: StoreBackupProgress) => void,
): Promise<T> {
  const unfinished = `${to}.unfinished`;
  await rm(unfinished, { force: true });
  createPrivately(unfinished);
  try {
    await copyPages(from, unfinished, progress);
    const result = prepared(unfinished, prepare);
    await synced(unfinished);
    await rename(unfinished, to);
    await synced(dirname(to));
    return result;
  } catch (error) {
    await Promise.all(
      ['', '-journal', '-wal', '-shm'].map((end) => rm(`${unfinished}${end}`, { force: true })),
    );
    throw error;
  }
}

function copyPages(from: string, to: string, progress: (progress: StoreBackupProgress) => void) {
  return readDatabase(from, (source) =>
    backup(source, to, {
      rate: PAGES,
      progress: ({ totalPages, remainingPages }) =>
        progress({ done: totalPages - remainingPages, total: totalPages }),
    }),
  );
}

/**
 * Reads a database as it is at one moment, within one transaction.
 * @throws CordonError `DisallowedOperation` when it is none
 */
export async function readDatabase<T>(
  from: string,
  read: (source: DatabaseSync) => T | Promise<T>,
): Promise<T> {
  const source = new DatabaseSync(from, { readOnly: true, timeout: PATIENCE_MS });
  try {
    // Held until the end. Without it each write of the server would begin a copy anew.
    source.exec('begin');
    source.prepare('select count(*) from sqlite_schema').get();
    return await read(source);
  } catch (cause) {
    if (failureOf(cause).code !== NOT_A_DATABASE) throw cause;
    throw new CordonError('DisallowedOperation', `${from} is no database.`, { cause });
  } finally {
    source.close();
  }
}

function prepared<T>(path: string, prepare: (copy: DatabaseSync) => T): T {
  const copy = new DatabaseSync(path);
  try {
    // One file that carries everything, until a server opens it.
    copy.exec('pragma journal_mode = delete; pragma synchronous = full');
    return prepare(copy);
  } finally {
    copy.close();
  }
}

async function synced(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
