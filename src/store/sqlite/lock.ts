import { DatabaseSync } from 'node:sqlite';
import { CordonError } from '../../domain/error.ts';
import { failureOf, isPassing } from './failure.ts';
import { createPrivately } from './open.ts';

/**
 * Holds a database for this process alone, until it is closed or the process ends in whatever way: the lock is an
 * operating system's lock on a small SQLite file beside the database, in which the holder has written its process id.
 * @throws CordonError `DisallowedOperation` when another process, or another store of this one, holds it.
 */
export function lockDatabase(path: string, pid: number): { release(): void } {
  const file = `${path}.lock`;
  createPrivately(file);
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    // Of processes that start at once, one gets the reserved lock; it keeps it for the transaction that never ends,
    // and others can still read what was committed before.
    database.exec('pragma synchronous = off; create table if not exists holder (pid integer)');
    database.exec('begin immediate; delete from holder');
    database.prepare('insert into holder (pid) values (?)').run(pid);
    database.exec('commit; begin immediate');
  } catch (error) {
    const holder = readHolder(database);
    database.close();
    if (!isPassing(failureOf(error))) throw error;
    throw new CordonError(
      'DisallowedOperation',
      `The data in ${path} is in use by ${holder === null ? 'another process' : `process ${holder}`}. ` +
        'One server process serves one SQLite file: stop the other one, or give this one another data directory.',
      { cause: error },
    );
  }
  return { release: () => database.close() };
}

function readHolder(database: DatabaseSync): number | null {
  try {
    return (database.prepare('select pid from holder').get() as { pid: number } | undefined)?.pid ?? null;
  } catch {
    return null;
  }
}
