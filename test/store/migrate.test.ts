import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { after } from 'node:test';
import { Worker } from 'node:worker_threads';
import { migrate, readMigrations } from '../../src/store/migrate.ts';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { migrationTarget } from '../../src/store/sqlite/migrate.ts';
import { openWriter } from '../../src/store/sqlite/open.ts';
import { enrolMachines, makeMachine, TENANT } from '../kit/store.ts';

const folder = mkdtempSync(join(tmpdir(), 'cordon-migrate-'));
after(() => rmSync(folder, { recursive: true }));

/** The schema as the database itself tells it, comments and all blank space made even. */
function schemaOf(database: DatabaseSync): string {
  const rows = database
    .prepare('select sql from sqlite_schema where sql is not null order by type desc, tbl_name, name')
    .all();
  return `${rows
    .map(
      ({ sql }) =>
        `${String(sql)
          .replace(/--[^\n]*\n/g, '')
          .replace(/\s+/g, ' ')};`,
    )
    .join('\n')}\n`;
}

test('the schema is the one that was reviewed; CORDON_UPDATE=1 writes it anew', async () => {
  const database = new DatabaseSync(':memory:');
  await migrate(migrationTarget(database));
  const file = new URL('./schema.sql', import.meta.url);
  if (process.env.CORDON_UPDATE === '1') writeFileSync(file, schemaOf(database));
  assert.equal(schemaOf(database), readFileSync(file, 'utf8'));
});

test('migrations are numbered without a gap', () => {
  const versions = readMigrations().map(({ version }) => version);
  assert.deepEqual(
    versions,
    versions.map((_, index) => index + 1),
  );
});

test('twenty that start at once on an empty database all find it whole', async () => {
  const path = join(folder, 'twenty.db');
  // Switching to the log is refused at once while another connection does it; what is tried here is what comes after.
  openWriter(path).close();
  const starters = Array.from(
    { length: 20 },
    () => new Worker(new URL('./migrate-starter.ts', import.meta.url), { workerData: { path } }),
  );
  await Promise.all(starters.map((starter) => once(starter, 'message')));
  const done = starters.map((starter) => once(starter, 'message'));
  for (const starter of starters) starter.postMessage('go');
  assert.deepEqual(
    (await Promise.all(done)).flat(),
    Array.from({ length: 20 }, () => 'done'),
  );
  const database = new DatabaseSync(path);
  const versions = database.prepare('select version from schema_version order by version').all();
  assert.deepEqual(
    versions.map(({ version }) => version),
    readMigrations().map(({ version }) => version),
  );
  assert.equal(schemaOf(database), readFileSync(new URL('./schema.sql', import.meta.url), 'utf8'));
  database.close();
});

test('a migration that fails leaves the database at the version before', async () => {
  const database = new DatabaseSync(':memory:');
  const present = readMigrations();
  const version = present.length + 1;
  const broken = { version, name: 'broken', text: 'create table half (id text); create tabel other' };
  await assert.rejects(migrate(migrationTarget(database), [...present, broken]));
  assert.equal(await migrationTarget(database).version(), present.length);
  assert.deepEqual(database.prepare("select name from sqlite_schema where name = 'half'").all(), []);
});

test('devices of a store from before the rotation of keys have pinned the one key that there was', async () => {
  const database = new DatabaseSync(':memory:');
  const target = migrationTarget(database);
  await migrate(
    target,
    readMigrations().filter(({ version }) => version === 1),
  );
  database.exec(`
    insert into server_key values ('token-key', 'token', '{}', '', '', null);
    insert into server_key values ('the-device-key', 'device', '{}', '', '', null);
    pragma foreign_keys = off;
    insert into device values ('t', 'm', 'key', '', 3, '');`);
  await migrate(target);
  assert.deepEqual(
    { ...database.prepare('select machine_id, last_sequence, server_key_id from device').get() },
    { machine_id: 'm', last_sequence: 3, server_key_id: 'the-device-key' },
  );
});

test('a database of a newer Cordon is refused, and left as it is', async () => {
  const path = join(folder, 'newer.db');
  await (await openSqliteStore({ path, pid: 1 }))[Symbol.asyncDispose]();
  const database = new DatabaseSync(path);
  database.exec("insert into schema_version (version, name) values (999, 'future')");
  await assert.rejects(openSqliteStore({ path, pid: 1 }), (error: { code?: string; message: string }) => {
    assert.equal(error.code, 'DisallowedOperation');
    assert.match(error.message, /schema version 999/);
    return true;
  });
  assert.equal(database.prepare('select max(version) as version from schema_version').get()?.version, 999);
  // The refusal has let go of the file.
  database.exec('delete from schema_version where version = 999');
  database.close();
  await (await openSqliteStore({ path, pid: 1 }))[Symbol.asyncDispose]();
});

test('what was written is there after the store was closed and opened again', async () => {
  const path = join(folder, 'again', 'cordon.db');
  {
    await using store = await openSqliteStore({ path, pid: 1 });
    await enrolMachines(store, [makeMachine(1)]);
  }
  await using store = await openSqliteStore({ path, pid: 1 });
  assert.deepEqual(await store.machine(TENANT, makeMachine(1).id, null), makeMachine(1));
});
