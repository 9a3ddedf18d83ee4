import type { DatabaseSync } from 'node:sqlite';
import type { StoreBackupReport } from '../../contract/run-options.ts';
import { CordonError } from '../../domain/error.ts';
import { readMigrations } from '../migrate.ts';
import { failureOf } from './failure.ts';

/**
 * What a database holds, as far as one must know before trusting it.
 * @throws CordonError `DisallowedOperation` when it is damaged, not Cordon's, or of a newer Cordon
 */
export function inspect(database: DatabaseSync): Omit<StoreBackupReport, 'bytes'> {
  const count = (sql: string): number => Number(Object.values(database.prepare(sql).get() ?? {})[0] ?? 0);
  let schemaVersion: number;
  try {
    schemaVersion = count('select max(version) from schema_version');
  } catch (cause) {
    throw refused(`it is no database of Cordon (${failureOf(cause).message})`);
  }
  const newest = readMigrations().at(-1)?.version ?? 0;
  if (schemaVersion > newest) {
    throw refused(
      `it has schema version ${schemaVersion}, and this version of Cordon knows ${newest} at most; take the Cordon that wrote it, or a newer one`,
    );
  }
  const faults = database
    .prepare('pragma integrity_check(3)')
    .all()
    .map((row) => Object.values(row)[0]);
  if (faults.length !== 1 || faults[0] !== 'ok') throw refused(`it is damaged: ${faults.join('; ')}`);
  if (database.prepare('pragma foreign_key_check').get() !== undefined)
    throw refused('it is damaged: rows refer to others that are not there');
  return {
    schemaVersion,
    tenants: count('select count(*) from tenant'),
    machines: count('select count(*) from machine'),
    actions: count('select count(*) from machine_action'),
  };
}

/** @throws CordonError `DisallowedOperation` for what an emulator made, whose credentials everybody knows */
export function refuseEmulators(database: DatabaseSync): void {
  if (database.prepare("select 1 from setting where name = 'emulator'").get() !== undefined)
    throw refused('an emulator made it, whose credentials everybody knows');
}

const refused = (why: string): CordonError =>
  new CordonError('DisallowedOperation', `The database cannot be used: ${why}.`);
