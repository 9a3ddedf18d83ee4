import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { localAdministrator } from '../../src/domain/console-session.ts';
import { copyStore } from '../../src/server/copy-store.ts';
import { openServedStore } from '../../src/server/served-store.ts';
import { openPostgresStore } from '../../src/store/postgres/index.ts';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { scratchDirectory } from '../kit/leftovers.ts';
import { type PostgresServer, startPostgres, whyNoPostgres } from '../kit/postgres.ts';
import {
  at,
  enrolMachines,
  makeAction,
  makeGroup,
  makeMachine,
  makeObserved,
  makeQuery,
  makeRole,
  mustRequest,
  TENANT,
} from '../kit/store.ts';

const MACHINES = 2300;
const NAMES = ['plain', 'Ünïcode ☃ 𝄞', 'it\'s "quoted" \\ and\nbroken', '', 'ＺＺ'];
const quiet = { info() {}, warn() {}, error() {} };
const going = new AbortController().signal;
const silent = () => {};

/** A data directory with more than one page of rows, and texts that sort and travel badly. */
async function filled(data: string, mark: string | null = null): Promise<void> {
  await using store = await openSqliteStore({ path: join(data, 'cordon.db'), pid: process.pid });
  const machines = Array.from({ length: MACHINES }, (_, index) =>
    makeMachine(index + 1, {
      tags: index < NAMES.length ? [NAMES[index]!] : [],
      drivers: [{ control: 'codeExecution', driver: NAMES[index % NAMES.length]!, version: null }],
    }),
  );
  await enrolMachines(store, machines);
  await store.createGroup(makeGroup({ principals: ['ana@cordon.test'] }));
  await store.createRole(makeRole({ principals: ['ana@cordon.test'] }));
  for (const [index, machine] of machines.slice(0, 5).entries()) {
    await mustRequest(store, makeAction(index + 1, machine, { requestorComment: NAMES[index]! }));
  }
  await store.observe(TENANT, machines[0]!.id, 'codeExecution', makeObserved(1));
  await store.settle('epoch', 'old epoch');
  await store.createSession({
    ...localAdministrator(TENANT),
    hash: 'a'.repeat(64),
    method: 'link',
    createdAt: at(0),
    expiresAt: at(1000),
    endsAt: at(1000),
  });
  if (mark !== null) await store.settle(mark, 'yes');
}

const refused = (message: RegExp) => (error: Error) => {
  assert.match(error.message, message);
  return true;
};

describe('a copy from SQLite to PostgreSQL', { skip: whyNoPostgres() ?? false, timeout: 300_000 }, () => {
  const scratch = scratchDirectory('copy');
  const from = join(scratch.path, 'data');
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
    await filled(from);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    scratch.remove();
  });

  test('brings everything over, in a new epoch, and leaves the source as it was', async () => {
    const to = await server.url('whole');
    const copied = await copyStore({ from, to }, going, silent);
    const rows = new Map(copied.tables.map((table) => [table.table, table.rows]));
    assert.deepEqual(
      [rows.get('machine'), rows.get('machine_action'), rows.get('machine_tag')],
      [MACHINES, 5, NAMES.length],
    );
    assert.doesNotMatch(JSON.stringify(copied), /cordon-test/, 'no password');
    assert.equal(rows.has('console_session'), false, 'nobody is signed in at the copy');
    await using source = await openSqliteStore({ path: join(from, 'cordon.db'), pid: process.pid });
    await using target = await openPostgresStore(to);
    const query = makeQuery({ top: 5000, count: true });
    assert.deepEqual(await target.machines(TENANT, query, null), await source.machines(TENANT, query, null));
    assert.deepEqual(await target.actions(TENANT, query, null), await source.actions(TENANT, query, null));
    assert.deepEqual(await target.groups(TENANT), await source.groups(TENANT));
    assert.deepEqual(await target.roles(TENANT), await source.roles(TENANT));
    assert.deepEqual(
      [await source.setting('epoch'), await target.setting('epoch')],
      ['old epoch', copied.epoch],
    );
    const proven = async (store: typeof source | typeof target) =>
      (await store.controls(TENANT, makeMachine(1).id))[0]?.observedProven;
    assert.deepEqual([await proven(source), await proven(target)], [true, false]);
    // What was active is active, and the numbers go on.
    const [, action] = (await target.actions(TENANT, query, null)).rows;
    assert.deepEqual(await target.overdueActions(at(99_999), 1).then((overdue) => overdue.length), 1);
    assert.equal(action?.status, 'Pending');
  });

  test('lets the database know how large the tables are, so that it finds rows by their indexes', async () => {
    const to = await server.url('known');
    await copyStore({ from, to }, going, silent);
    const size = `select reltuples::int as rows from pg_class
      where relname = 'machine' and relnamespace = 'known'::regnamespace`;
    assert.deepEqual(await server.query(size), [{ rows: MACHINES }]);
  });

  test('into what is not empty is refused, and changes nothing', async () => {
    const to = await server.url('taken');
    {
      await using store = await openPostgresStore(to);
      await enrolMachines(store, [makeMachine(7)]);
    }
    await assert.rejects(copyStore({ from, to }, going, silent), refused(/not empty/));
    await using store = await openPostgresStore(to);
    assert.equal((await store.machines(TENANT, makeQuery(), null)).rows.length, 1);
  });

  test('of an emulator, or of nothing, is refused', async () => {
    const emulated = join(scratch.path, 'emulated');
    await using store = await openSqliteStore({ path: join(emulated, 'cordon.db'), pid: process.pid });
    await store.settle('emulator', 'yes');
    await store[Symbol.asyncDispose]();
    const to = await server.url('never');
    await assert.rejects(copyStore({ from: emulated, to }, going, silent), refused(/emulator/));
    await assert.rejects(
      copyStore({ from: join(scratch.path, 'none'), to }, going, silent),
      refused(/There is no/),
    );
  });

  test('that is interrupted is served by nobody, and whole when it is done again', async () => {
    const to = await server.url('halfway');
    const interrupt = new AbortController();
    const stop = (table: string) => {
      if (table === 'machine') interrupt.abort();
    };
    await assert.rejects(copyStore({ from, to }, interrupt.signal, stop), refused(/interrupted/));
    await assert.rejects(openServedStore({ data: null, databaseUrl: to }, quiet), refused(/not finished/));
    const copied = await copyStore({ from, to }, going, silent);
    assert.equal(copied.tables.find(({ table }) => table === 'machine')?.rows, MACHINES);
    const served = await openServedStore({ data: null, databaseUrl: to }, quiet);
    await served.store[Symbol.asyncDispose]();
  });
});
