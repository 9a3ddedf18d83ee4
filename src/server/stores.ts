import { join } from 'node:path';
import type { Store } from '../store/port.ts';
import { openMemoryStore, openSqliteStore } from '../store/sqlite/index.ts';

/** Name of the database within the data directory. */
export const DATABASE_FILE = 'cordon.db';

export type { Store };
export { openMemoryStore };

/**
 * Opens or creates the database of a data directory for this process alone.
 * @param committed is told how many units shared each commit
 * @throws CordonError `DisallowedOperation` when another process has it, or a newer Cordon wrote it
 */
export function openDirectory(
  directory: string,
  file: string,
  committed: (units: number) => void = () => {},
): Promise<Store> {
  return openSqliteStore({ path: join(directory, file), pid: process.pid, committed });
}
