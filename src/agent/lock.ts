import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AgentError } from './error.ts';

/** Milliseconds that a start waits for a look at the lock (`isLocked`) to be over. */
const PATIENCE = 200;

/**
 * Takes the state directory for this process alone; the result gives it back.
 * @throws AgentError `configuration` when another agent has it
 */
export function lockStateDirectory(directory: string): () => void {
  const unlock = takeLock(lockPath(directory), PATIENCE);
  if (unlock === null) {
    throw new AgentError(
      'configuration',
      `Another agent runs on ${directory}; stop it first: systemctl stop cordon-agent.`,
    );
  }
  return unlock;
}

/**
 * Takes a lock that other processes respect; the result gives it back, null says that another process has it. Node has
 * no lock that ends with its process but SQLite's: an empty database is held in an exclusive transaction, which the
 * kernel gives up when the process dies, however it dies. A file with a process id in it would outlive a crash and name
 * a stranger. Not for use within one process: to open a file that is locked here already would give the lock up.
 * @param patience milliseconds to wait; nothing else happens in this process meanwhile
 * @throws Error when the file cannot be opened for writing
 */
export function takeLock(path: string, patience = 0): (() => void) | null {
  made(path);
  const database = new DatabaseSync(path, { timeout: patience });
  try {
    database.exec('pragma journal_mode = memory; begin exclusive');
    return () => database.close();
  } catch (cause) {
    database.close();
    if (isBusy(cause)) return null;
    throw cause;
  }
}

/** Whether an agent runs on the state directory at this moment. */
export function isLocked(directory: string): boolean {
  const path = lockPath(directory);
  made(path);
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.prepare('select count(*) from sqlite_schema').get();
    return false;
  } catch (cause) {
    if (isBusy(cause)) return true;
    throw cause;
  } finally {
    database.close();
  }
}

const lockPath = (directory: string) => join(directory, 'agent.lock');

/** Makes the lock's file when it is missing. Never opened otherwise: closing it would give up this process's locks. */
function made(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
}

/** SQLITE_BUSY */
function isBusy(cause: unknown): boolean {
  return (cause as { errcode?: number }).errcode === 5;
}
