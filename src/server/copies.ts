import { join } from 'node:path';
import type { StoreBackupOptions, StoreBackupProgress, StoreBackupReport } from '../contract/run-options.ts';
import { backUpDatabase, restoreDatabase } from '../store/sqlite/index.ts';
import { DATABASE_FILE } from './stores.ts';

/**
 * `cordon store backup`: copies the database of a data directory into a file, also while a server serves it.
 * @throws CordonError `DisallowedOperation` with the remedy
 */
export const backUpStore = (
  { data, file }: StoreBackupOptions,
  progress: (progress: StoreBackupProgress) => void,
): Promise<StoreBackupReport> => backUpDatabase(join(data, DATABASE_FILE), file, progress);

/**
 * `cordon store restore`: makes the database of a data directory from such a file.
 * @throws CordonError `DisallowedOperation` with the remedy
 */
export const restoreStore = (
  { data, file }: StoreBackupOptions,
  progress: (progress: StoreBackupProgress) => void,
): Promise<StoreBackupReport> => restoreDatabase(file, join(data, DATABASE_FILE), process.pid, progress);
