import type { DatabaseSync } from 'node:sqlite';
import { type MigrationTarget, VERSIONS } from '../migrate.ts';
import { SQLITE } from './dialect.ts';

/** A SQLite connection as a target of migrations. Another process that migrates is waited for (the connection's timeout). */
export function migrationTarget(database: DatabaseSync): MigrationTarget {
  return {
    async version() {
      database.exec(VERSIONS);
      const row = database.prepare('select max(version) as version from schema_version').get();
      return Number(row?.version ?? 0);
    },
    async apply({ version, name, text }) {
      database.exec('begin immediate');
      try {
        const insert = 'insert into schema_version (version, name) values (?, ?) on conflict do nothing';
        const inserted = database.prepare(insert).run(version, name).changes;
        if (Number(inserted) > 0) database.exec(SQLITE.ddl(text));
        database.exec('commit');
      } catch (error) {
        if (database.isTransaction) database.exec('rollback');
        throw error;
      }
    },
  };
}
