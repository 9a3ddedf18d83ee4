/** Groups that share a rank, as stores of an earlier version may hold them. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { describe } from 'node:test';
import type { AccessStore } from '../../src/store/port.ts';
import { openPostgresStore } from '../../src/store/postgres/index.ts';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { scratchDirectory } from '../kit/leftovers.ts';
import { startPostgres, whyNoPostgres } from '../kit/postgres.ts';
import { makeGroup, makeTenant, TENANT } from '../kit/store.ts';

const SHARED = "update machine_group set rank = 2 where name in ('b', 'c', 'd')";

async function fill(store: AccessStore): Promise<void> {
  await store.createTenant(makeTenant());
  for (const [index, name] of ['a', 'b', 'c', 'd', 'e'].entries())
    await store.createGroup(makeGroup({ name, rank: name === 'e' ? 9 : index + 1 }));
}

async function assertParted(store: AccessStore): Promise<void> {
  await store.createGroup({ ...makeGroup({ name: 'new' }), rank: null });
  assert.deepEqual(
    (await store.groups(TENANT)).map(({ name, rank }) => `${rank} ${name}`),
    ['1 a', '2 b', '3 c', '4 d', '9 e', '10 new'],
  );
}

describe('groups that share a rank get one each, in their order, when a group is created:', () => {
  test('SQLite', async () => {
    const scratch = scratchDirectory('ranks');
    const path = join(scratch.path, 'cordon.db');
    try {
      {
        await using store = await openSqliteStore({ path, pid: process.pid });
        await fill(store);
      }
      const database = new DatabaseSync(path);
      database.exec(SHARED);
      database.close();
      await using store = await openSqliteStore({ path, pid: process.pid });
      await assertParted(store);
    } finally {
      scratch.remove();
    }
  });

  test('PostgreSQL', { skip: whyNoPostgres() ?? false }, async () => {
    await using server = await startPostgres();
    await using store = await openPostgresStore(await server.url('ranks'));
    await fill(store);
    await server.query(SHARED.replace('machine_group', 'ranks.machine_group'));
    await assertParted(store);
  });
});
