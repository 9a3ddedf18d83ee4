import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AgentError } from './error.ts';

/** Milliseconds that a start waits for a look at the lock (`isLocked`) to be over. */
const PATIENCE = 200;

/**
 * Takes the state directory for this process alone; the result gives it back. Node has no lock that ends with its
 * process but SQLite's: an empty database is held in an exclusive transaction, which the kernel gives up when the
 * process dies, however it dies. A file with a process id in it would outlive a crash and name a stranger.
 * @throws AgentError `configuration` when another agent has it
 */
export function lockStateDirectory(directory: string): () => void {
  const path = lockPath(directory);
  const database = new DatabaseSync(path, { timeout: PATIENCE });
  try {
    database.exec('pragma journal_mode = memory; begin exclusive');
  } catch (cause) {
    database.close();
    if (!isBusy(cause)) throw cause;
    throw new AgentError('configuration', `Another agent runs on ${directory}.`, { cause });
  }
  return () => database.close();
}

/** Whether an agent runs on the state directory at this moment. */
export function isLocked(directory: string): boolean {
  const database = new DatabaseSync(lockPath(directory), { timeout: 0 });
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

/** The lock's file, made when it is missing. Never opened otherwise: closing it would give up this process's locks. */
function lockPath(directory: string): string {
  const path = join(directory, 'agent.lock');
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
  return path;
}

/** SQLITE_BUSY */
function isBusy(cause: unknown): boolean {
  return (cause as { errcode?: number }).errcode === 5;
}
