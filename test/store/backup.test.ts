import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync, readdirSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';
import { backUpDatabase, openSqliteStore, restoreDatabase } from '../../src/store/sqlite/index.ts';
import { atEnd } from '../kit/at-end.ts';
import { scratchDirectory } from '../kit/leftovers.ts';
import { enrolMachines, makeAction, makeMachine, makeTransition, mustRequest, TENANT } from '../kit/store.ts';

const machine = makeMachine(1);
const silent = () => {};

function paths(context: TestContext) {
  const scratch = scratchDirectory('backup');
  atEnd(context, () => scratch.remove());
  const at = (name: string) => join(scratch.path, name);
  return {
    folder: scratch.path,
    database: at('cordon.db'),
    backup: at('backup.db'),
    restored: at('new/cordon.db'),
  };
}

/** A store with one action, open. */
async function filled(path: string) {
  const store = await openSqliteStore({ path, pid: process.pid });
  await enrolMachines(store, [machine]);
  await store.settle('epoch', 'first');
  return { store, action: await mustRequest(store, makeAction(1, machine)) };
}

function change(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

/** Overwrites a page in the middle. */
function damage(path: string): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(4096, 0xff), 0, 4096, 12 * 4096);
  closeSync(file);
}

test('a backup is made beside the server, holds what was committed, and is its owner’s alone', async (context) => {
  const { database, backup, folder } = paths(context);
  const { store } = await filled(database);
  const steps: number[] = [];
  const report = await backUpDatabase(database, backup, ({ done, total }) => steps.push(done / total));
  await store[Symbol.asyncDispose]();
  assert.deepEqual([report.tenants, report.machines, report.actions], [1, 1, 1]);
  assert.equal(report.bytes, statSync(backup).size);
  assert.equal(statSync(backup).mode & 0o777, 0o600);
  assert.ok(steps.every((step) => step >= 0 && step <= 1));
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('backup')),
    ['backup.db'],
    'one file, and nothing beside it',
  );
});

test('a backup is of one moment, whatever is written meanwhile', async (context) => {
  const { database, backup } = paths(context);
  const { store } = await filled(database);
  const machines = Array.from({ length: 3000 }, (_, number) => makeMachine(number + 2));
  await enrolMachines(store, machines);
  let writing = true;
  let number = 10;
  const writer = (async () => {
    while (writing) {
      const action = await mustRequest(store, makeAction(number, machines[number % 3000]!));
      number += 1;
      await store.advanceAction(makeTransition(action, 'Succeeded', number));
    }
  })();
  await backUpDatabase(database, backup, silent);
  writing = false;
  await writer;
  await store[Symbol.asyncDispose]();
  const copy = new DatabaseSync(backup, { readOnly: true });
  const torn = copy
    .prepare(
      `select count(*) as n from machine_control c
       where c.action_id is not null and not exists (
         select 1 from machine_action a join action_event e on e.action_id = a.id and e.revision = a.revision
         where a.id = c.action_id and a.generation = c.generation)`,
    )
    .get();
  copy.close();
  assert.equal(torn?.n, 0);
});

test('a restored store has everything but the epoch, so that the server begins a new one', async (context) => {
  const { database, backup, restored } = paths(context);
  const { store, action } = await filled(database);
  await backUpDatabase(database, backup, silent);
  await store[Symbol.asyncDispose]();
  const report = await restoreDatabase(backup, restored, process.pid, silent);
  assert.equal(report.actions, 1);
  assert.equal(statSync(restored).mode & 0o777, 0o600);
  await using again = await openSqliteStore({ path: restored, pid: process.pid });
  assert.deepEqual(await again.action(TENANT, action.id, null), action);
  assert.equal(await again.setting('epoch'), null);
  assert.equal((await again.controls(TENANT, machine.id))[0]?.mode, 'restricted');
});

test('a directory that was copied restores too, with what only its log had, in a new epoch', async (context) => {
  const { database, restored } = paths(context);
  const { store, action } = await filled(database);
  await restoreDatabase(database, restored, process.pid, silent);
  await store[Symbol.asyncDispose]();
  await using again = await openSqliteStore({ path: restored, pid: process.pid });
  assert.deepEqual(await again.action(TENANT, action.id, null), action);
  assert.equal(await again.setting('epoch'), null);
});

test('nothing is overwritten, neither by a backup nor by a restore', async (context) => {
  const { database, backup } = paths(context);
  const { store } = await filled(database);
  await backUpDatabase(database, backup, silent);
  const before = statSync(backup).mtimeMs;
  await assert.rejects(backUpDatabase(database, backup, silent), { code: 'DisallowedOperation' });
  await assert.rejects(restoreDatabase(backup, database, process.pid, silent), /is not overwritten/);
  await store[Symbol.asyncDispose]();
  assert.equal(statSync(backup).mtimeMs, before);
});

test('what cannot be trusted is not restored, and leaves nothing in place', async (context) => {
  const { database, backup, restored, folder } = paths(context);
  const { store } = await filled(database);
  const cases: [what: string, spoil: (path: string) => void, message: RegExp][] = [
    ['an emulator’s', (path) => change(path, "insert into setting values ('emulator', 'yes')"), /emulator/],
    ['a newer one', (path) => change(path, "insert into schema_version values (9999, 'x')"), /9999/],
    ['no database', (path) => writeFileSync(path, 'x'.repeat(10_000)), /no database/],
    ['another database', (path) => change(path, 'drop table schema_version'), /no database of Cordon/],
    ['a damaged one', damage, /damaged|malformed/],
    ['orphans', (path) => change(path, 'pragma foreign_keys = off; delete from machine'), /damaged/],
  ];
  for (const [index, [what, spoil, message]] of cases.entries()) {
    const file = join(folder, `spoilt-${index}.db`);
    await backUpDatabase(database, file, silent);
    spoil(file);
    await assert.rejects(restoreDatabase(file, restored, process.pid, silent), message, what);
    assert.ok(!existsSync(restored), what);
  }
  await assert.rejects(
    restoreDatabase(join(folder, 'nowhere.db'), restored, process.pid, silent),
    /no backup/i,
  );
  await assert.rejects(backUpDatabase(join(folder, 'nowhere.db'), backup, silent), /no database/);
  assert.ok(!existsSync(join(folder, 'nowhere.db')), 'looking makes no file');
  await store[Symbol.asyncDispose]();
  assert.ok(!existsSync(join(folder, 'new')), 'no directory and no lock either');
});
