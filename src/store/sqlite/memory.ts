import { DatabaseSync } from 'node:sqlite';
import { migrate } from '../migrate.ts';
import type { Sql } from '../sql.ts';
import { ALIVE, SQLITE } from './dialect.ts';
import { createExecutor } from './executor.ts';
import { errorOf, failureOf } from './failure.ts';
import { createGroup } from './group.ts';
import { migrationTarget } from './migrate.ts';
import { MEMORY } from './open.ts';
import { createReader } from './reader.ts';

/** A database in memory, on one connection in this thread: for the emulator and tests. Deadlines are not watched. */
export async function openMemorySql(): Promise<Sql> {
  const database = new DatabaseSync(MEMORY);
  database.exec('pragma foreign_keys = on; pragma temp_store = memory');
  await migrate(migrationTarget(database));
  database.function(ALIVE, () => 1);
  const executor = createExecutor(database);
  const read = createReader(database);
  const group = createGroup(({ statements, units }) => {
    for (const [number, text] of statements) executor.register(number, text);
    const result = executor.run(units);
    group.receive('failed' in result ? { ...result, count: units.length } : { outcomes: result });
  });
  const all: Sql['all'] = async (statement, params) => {
    try {
      return read(statement, params);
    } catch (error) {
      throw errorOf(failureOf(error));
    }
  };
  return {
    dialect: SQLITE,
    exclusive: true,
    all,
    scan: (statement, params) => all(statement, params),
    batch: group.batch,
    waiting: () => ({ writes: group.waiting(), scans: 0 }),
    async close() {
      await group.idle();
      if (database.isOpen) database.close();
    },
  };
}
