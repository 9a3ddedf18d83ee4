import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { DatabaseSync } from 'node:sqlite';
import type { StoreBackupProgress, StoreBackupReport } from '../../contract/run-options.ts';
import { CordonError } from '../../domain/error.ts';
import { PASSING_TABLES } from '../statements/sessions.ts';
import { copyDatabase, readDatabase } from './copy.ts';
import { inspect, refuseEmulators } from './inspect.ts';
import { lockDatabase } from './lock.ts';

/**
 * What no copy has, so that it may be put in place in whatever way. A server that opens a store without an epoch begins a
 * new one, in which devices count anew; and who has signed out since must not be signed in again.
 */
function forget(copy: DatabaseSync): void {
  copy.exec("delete from setting where name = 'epoch'");
  const present = copy.prepare("select name from sqlite_schema where type = 'table'").all();
  for (const name of PASSING_TABLES)
    if (present.some((table) => table.name === name)) copy.exec(`delete from ${name}`);
}

/**
 * Copies a database that may be served meanwhile, by this process or another.
 * @throws CordonError `DisallowedOperation` when there is no such database, or the file is there already
 */
export async function backUpDatabase(
  from: string,
  to: string,
  progress: (progress: StoreBackupProgress) => void,
): Promise<StoreBackupReport> {
  requireFile(from, 'There is no database');
  refuseExisting(to);
  const contents = await copyDatabase(
    from,
    to,
    (copy) => {
      forget(copy);
      return inspect(copy);
    },
    progress,
  );
  return { ...contents, bytes: (await stat(to)).size };
}

/**
 * Makes a database of a backup, or of any copy of a database, in a place where there is none.
 * @param pid this process, which holds the place meanwhile
 * @throws CordonError `DisallowedOperation` when a database is there or in use, or the backup cannot be trusted
 */
export async function restoreDatabase(
  from: string,
  to: string,
  pid: number,
  progress: (progress: StoreBackupProgress) => void,
): Promise<StoreBackupReport> {
  requireFile(from, 'There is no backup');
  for (const part of ['', '-wal', '-shm']) refuseExisting(`${to}${part}`);
  // Before anything is made; the copy is checked again, since a copy can go wrong by itself.
  await readDatabase(from, trusted);
  const lock = lockDatabase(to, pid);
  try {
    const contents = await copyDatabase(
      from,
      to,
      (copy) => {
        const found = trusted(copy);
        forget(copy);
        return found;
      },
      progress,
    );
    return { ...contents, bytes: (await stat(to)).size };
  } finally {
    lock.release();
  }
}

/** What a database holds that may be put in place. */
function trusted(database: DatabaseSync): ReturnType<typeof inspect> {
  const found = inspect(database);
  refuseEmulators(database);
  return found;
}

function requireFile(path: string, what: string): void {
  if (!existsSync(path)) throw new CordonError('DisallowedOperation', `${what} at ${path}.`);
}

function refuseExisting(path: string): void {
  if (existsSync(path))
    throw new CordonError(
      'DisallowedOperation',
      `${path} is there already and is not overwritten: move it away, or name another place.`,
    );
}
