import { randomUUID } from 'node:crypto';
import type { Store } from '../../src/store/port.ts';
import { openPostgresStore } from '../../src/store/postgres/index.ts';
import { openMemoryStore } from '../../src/store/sqlite/index.ts';
import { withSchema } from './postgres-schema.ts';

/** Variable with the address of a PostgreSQL database, by which a scenario is tried on that engine. */
export const WORLD_DATABASE = 'CORDON_TEST_DATABASE_URL';

/** An empty store: in memory, or a schema of its own in the database that the variable names. */
export async function openWorldStore(): Promise<Store> {
  const address = process.env[WORLD_DATABASE];
  if (address === undefined) return openMemoryStore();
  return openPostgresStore(await withSchema(address, `world_${randomUUID().replaceAll('-', '')}`));
}
