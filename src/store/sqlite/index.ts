import type { Store } from '../port.ts';
import { openStore } from '../store.ts';

export { backUpDatabase, restoreDatabase } from './backup.ts';

import { openFileSql } from './file.ts';
import { openMemorySql } from './memory.ts';

export interface SqliteOptions {
  /** The database file; its folder is created, and files of the same name with `-wal`, `-shm` and `.lock` appear beside it. */
  readonly path: string;
  /** This process, told to whoever finds the file in use. */
  readonly pid: number;
  /** Told how many units shared each commit. */
  readonly committed?: (units: number) => void;
}

/**
 * Opens or creates a store in a file, durable by fsync.
 * @throws CordonError `DisallowedOperation` when another process serves the file, or a newer Cordon wrote it.
 */
export const openSqliteStore = async ({ path, pid, committed = () => {} }: SqliteOptions): Promise<Store> =>
  openStore(await openFileSql(path, pid, committed));

/** A store that lives as long as the process. */
export const openMemoryStore = async (): Promise<Store> => openStore(await openMemorySql());
