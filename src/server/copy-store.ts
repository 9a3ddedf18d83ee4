import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreCopied, StoreCopyOptions } from '../contract/run-options.ts';
import { copyDatabase } from '../store/copy/index.ts';
import { openPostgresSql } from '../store/postgres/open.ts';
import { openFileSql } from '../store/sqlite/file.ts';
import { openNamedDatabase } from './named-database.ts';
import { placeOf } from './served-store.ts';
import { DATABASE_FILE } from './stores.ts';

/** `cordon store copy`: moves an installation from a data directory into a PostgreSQL database. @throws Error with the remedy */
export async function copyStore(
  { from, to }: StoreCopyOptions,
  signal: AbortSignal,
  progress: (table: string, rows: number) => void,
): Promise<StoreCopied> {
  const file = join(from, DATABASE_FILE);
  if (!existsSync(file))
    throw new Error(`There is no ${file}; --from takes the directory of "cordon serve --data".`);
  const source = await openFileSql(file, process.pid);
  try {
    const target = await openNamedDatabase('--to', openPostgresSql(to));
    try {
      const epoch = randomUUID();
      const tables = await copyDatabase({ from: source, to: target, epoch, signal, progress });
      return { from: file, to: placeOf(to), epoch, tables };
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}
