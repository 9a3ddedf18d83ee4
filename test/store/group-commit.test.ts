import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { after } from 'node:test';
import { guard, type Sql, statement, step } from '../../src/store/sql.ts';
import { createExecutor } from '../../src/store/sqlite/executor.ts';
import { openFileSql } from '../../src/store/sqlite/file.ts';
import { createGroup, type Shipment } from '../../src/store/sqlite/group.ts';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { openMemorySql } from '../../src/store/sqlite/memory.ts';
import { enrolMachines, makeMachine, TENANT } from '../kit/store.ts';

const folder = mkdtempSync(join(tmpdir(), 'cordon-group-'));
after(() => rmSync(folder, { recursive: true }));

const write = statement('write', 'insert into setting (name, value) values ($1, $2)');
const change = statement('change', 'update setting set value = $2 where name = $1 returning value');
const names = statement('names', 'select name from setting order by name');

const engines: [string, () => Promise<Sql>][] = [
  ['file', () => openFileSql(join(folder, 'group.db'), process.pid)],
  ['memory', openMemorySql],
];

for (const [engine, open] of engines) {
  test(`${engine}: a unit that fails or is refused takes none of its group along`, async () => {
    const sql = await open();
    const answers = await Promise.allSettled([
      sql.batch([step(write, ['a', '1'])]),
      // The second step repeats a key: a fault, which undoes the first.
      sql.batch([step(write, ['b', '1']), step(write, ['a', '2'])]),
      sql.batch([step(write, ['c', '1']), guard(change, ['nobody', '2'])]),
      sql.batch([step(write, ['d', '1']), guard(change, ['a', '3'])]),
    ]);
    assert.deepEqual(answers[0], { status: 'fulfilled', value: { done: true, results: [1] } });
    assert.equal(answers[1]?.status, 'rejected');
    assert.notEqual((answers[1] as PromiseRejectedResult).reason.code, 'ServiceUnavailable');
    assert.deepEqual(answers[2], { status: 'fulfilled', value: { done: false, refused: 1 } });
    const last = answers[3] as PromiseFulfilledResult<{ done: true; results: unknown[] }>;
    assert.deepEqual(JSON.parse(JSON.stringify(last.value)), { done: true, results: [1, [{ value: '3' }]] });
    assert.deepEqual(
      (await sql.all(names, [])).map(({ name }) => name),
      ['a', 'd'],
    );
    await sql.close();
  });
}

/** Units that write a page each, as statement 0. */
const pages = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => [[0, false, [from + index, 'x'.repeat(3000)]]] as const);

test('a full disk fails every unit of the group, keeps what was there, and is over when there is room again', () => {
  const database = new DatabaseSync(join(folder, 'full.db'));
  database.exec('pragma journal_mode = wal; create table page (id integer primary key, content text)');
  const executor = createExecutor(database);
  executor.register(0, 'insert into page (id, content) values ($1, $2)');
  assert.equal((executor.run(pages(3)) as unknown[]).length, 3);
  database.exec('pragma max_page_count = 20');
  const failed = executor.run(pages(40, 100));
  assert.ok('failed' in failed);
  assert.equal((failed.failed.code ?? 0) & 0xff, 13);
  assert.equal(database.isTransaction, false);
  assert.equal(database.prepare('select count(*) as count from page').get()?.count, 3);
  database.exec('pragma max_page_count = 1000');
  assert.equal((executor.run(pages(40, 100)) as unknown[]).length, 40);
  assert.equal(database.prepare('select count(*) as count from page').get()?.count, 43);
  database.close();
});

/** Largest file this process may write, as the operating system enforces it; null lifts the limit. */
function limitFiles(bytes: number | null): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes ?? 'unlimited'}:unlimited`]);
}

const canLimit = (): string | false => {
  try {
    limitFiles(null);
    return false;
  } catch {
    return 'needs prlimit (Linux)';
  }
};
const cannotLimit = canLimit();

test('while the disk takes nothing calls get 503 and reads go on; afterwards the store works by itself', {
  skip: process.env.CORDON_TEST_ALL === '1' ? false : cannotLimit,
}, async () => {
  const path = join(folder, 'limited.db');
  await using store = await openSqliteStore({ path, pid: process.pid });
  await enrolMachines(store, [makeMachine(1)]);
  try {
    limitFiles(4096);
    const refused = await Promise.allSettled(
      Array.from({ length: 20 }, (_, number) =>
        store.changeTag(TENANT, makeMachine(1).id, `tag ${number}`, 'add'),
      ),
    );
    for (const answer of refused) {
      assert.equal(answer.status, 'rejected');
      const { code, retryAfter, message } = (answer as PromiseRejectedResult).reason;
      assert.equal(code, 'ServiceUnavailable');
      assert.ok(retryAfter > 0);
      assert.doesNotMatch(message, /SQLite|disk I\/O/);
    }
    assert.equal(await store.ready(), false);
    assert.deepEqual((await store.machine(TENANT, makeMachine(1).id, null))?.tags, []);
  } finally {
    limitFiles(null);
  }
  await store.changeTag(TENANT, makeMachine(1).id, 'room again', 'add');
  assert.equal(await store.ready(), true);
  assert.deepEqual((await store.machine(TENANT, makeMachine(1).id, null))?.tags, ['room again']);
});

test('more units than may wait are refused at once', async () => {
  const group = createGroup(() => {});
  const answers = Array.from({ length: 10_050 }, (_, number) =>
    group.batch([step(write, [`n${number}`, ''])]),
  );
  group.abandon(new Error('let go by the test'));
  const reasons = (await Promise.allSettled(answers)).map(
    (answer) => (answer as PromiseRejectedResult).reason,
  );
  assert.ok(reasons.slice(0, 10_000).every(({ message }) => message === 'let go by the test'));
  assert.ok(reasons.slice(10_000).every(({ code }) => code === 'ServiceUnavailable'));
});

test('closing writes what is waiting', async () => {
  const path = join(folder, 'closing.db');
  const sql = await openFileSql(path, process.pid);
  const written = Promise.all(
    Array.from({ length: 100 }, (_, number) => sql.batch([step(write, [`n${number}`, ''])])),
  );
  await sql.close();
  await written;
  const again = await openFileSql(path, process.pid);
  assert.equal((await again.all(names, [])).length, 100);
  await again.close();
});

test('when the writer is lost, what waited fails, and its successor is told every statement anew', async () => {
  const shipments: Shipment[] = [];
  let shipped = () => {};
  const group = createGroup((shipment) => {
    shipments.push(shipment);
    shipped();
  });
  const shipment = () =>
    new Promise<void>((resolve) => {
      shipped = resolve;
    });
  const sent = group.batch([step(write, ['a', '1'])]);
  await shipment();
  const gathered = group.batch([step(write, ['b', '1'])]);
  group.abandon(new Error('the writer is gone'));
  await assert.rejects(sent, /gone/);
  await assert.rejects(gathered, /gone/);
  assert.equal(group.waiting(), 0);
  const next = group.batch([step(write, ['c', '1'])]);
  await shipment();
  assert.equal(shipments.length, 2, 'what had failed was sent all the same');
  assert.deepEqual(shipments[1]?.statements, [[0, write.text]]);
  group.receive({ outcomes: [{ done: true, results: [1] }] });
  assert.deepEqual(await next, { done: true, results: [1] });
});
