import type { Client } from 'pg';
import { type MigrationTarget, migrate, VERSIONS } from '../migrate.ts';
import { POSTGRES } from './dialect.ts';

/** Any number that other programs on the same database are unlikely to lock. */
const LOCK = 6_731_902_257;
/** How long a start waits for another process that migrates. */
const PATIENCE = '120s';

/**
 * Brings the database to the newest schema. Of processes that start at once, one does it and the others wait: creating a
 * table that another transaction creates at the same time is an error in PostgreSQL, `if not exists` or not.
 * @throws CordonError `DisallowedOperation` when the database is newer than this program.
 */
export async function migrateDatabase(client: Client): Promise<void> {
  // Without a time limit an operator would never learn of a process that hangs with the lock.
  await client.query(`set lock_timeout = '${PATIENCE}'; set statement_timeout = 0`);
  await client.query('select pg_advisory_lock($1)', [LOCK]);
  await migrate(migrationTarget(client));
  await client.query('select pg_advisory_unlock($1)', [LOCK]);
}

/** A PostgreSQL connection as a target of migrations. */
export function migrationTarget(client: Client): MigrationTarget {
  return {
    async version() {
      await client.query(POSTGRES.ddl(VERSIONS));
      const { rows } = await client.query('select max(version) as version from schema_version');
      return Number(rows[0]?.version ?? 0);
    },
    async apply({ version, name, text }) {
      await client.query('begin');
      try {
        const insert = 'insert into schema_version (version, name) values ($1, $2) on conflict do nothing';
        const { rowCount } = await client.query(insert, [version, name]);
        if (rowCount === 1) await client.query(POSTGRES.ddl(text));
        await client.query('commit');
      } catch (error) {
        await client.query('rollback').catch(() => {});
        throw error;
      }
    },
  };
}
