import { readdirSync, readFileSync } from 'node:fs';
import { CordonError } from '../domain/error.ts';

/** One step of the schema, forward only. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly text: string;
}

/** A database that can be migrated. */
export interface MigrationTarget {
  /** The highest version in the database; 0 for an empty one. Creates the table of versions where it is missing. */
  version(): Promise<number>;
  /**
   * Inserts the version's row and then runs the text, both in one transaction. Of several processes that start at once
   * one inserts the row; for the others it is there already, and they write nothing.
   */
  apply(migration: Migration): Promise<void>;
}

/** DDL of the table of versions, in the common subset. */
export const VERSIONS =
  'create table if not exists schema_version (version integer not null primary key, name text not null)';

/** The migrations beside this file (`0001_init.sql`, …), in order. */
export function readMigrations(folder = new URL('./migrations/', import.meta.url)): readonly Migration[] {
  return readdirSync(folder)
    .filter((file) => /^\d{4}_\w+\.sql$/.test(file))
    .sort()
    .map((file) => ({
      version: Number(file.slice(0, 4)),
      name: file.slice(5, -4),
      text: readFileSync(new URL(file, folder), 'utf8'),
    }));
}

/**
 * Brings a database to the newest schema.
 * @throws CordonError `DisallowedOperation` when the database is newer than this program.
 */
export async function migrate(
  target: MigrationTarget,
  migrations: readonly Migration[] = readMigrations(),
): Promise<void> {
  const newest = migrations.at(-1)?.version ?? 0;
  const present = await target.version();
  if (present > newest) {
    throw new CordonError(
      'DisallowedOperation',
      `The database has schema version ${present}; this version of Cordon knows ${newest} at most. ` +
        'Run the Cordon that wrote it, or a newer one.',
    );
  }
  for (const migration of migrations) {
    if (migration.version > present) await target.apply(migration);
  }
}
