/** The row of a control that lets one action be active: where it comes from, and who is believed when it is wrong. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { after } from 'node:test';
import { migrate, readMigrations } from '../../src/store/migrate.ts';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { migrationTarget } from '../../src/store/sqlite/migrate.ts';
import {
  enrolMachines,
  makeAction,
  makeMachine,
  makeRequest,
  makeTransition,
  mustRequest,
  TENANT,
} from '../kit/store.ts';

const folder = mkdtempSync(join(tmpdir(), 'cordon-turn-'));
after(() => rmSync(folder, { recursive: true }));

test('controls of a store from before they had a turn are held by the actions that are active', async () => {
  const database = new DatabaseSync(':memory:');
  const target = migrationTarget(database);
  await migrate(
    target,
    readMigrations().filter(({ version }) => version < 10),
  );
  for (const status of ['Pending', 'InProgress', 'Succeeded', 'TimeOut']) {
    database.exec(`
      insert into machine_action (tenant_id, id, type, control, machine_id, requestor, requestor_comment, status, created_at,
        updated_at, error_hresult, request_source, generation, mode_before, revision)
      values ('t', 'action ${status}', '', 'codeExecution', '${status}', '', '', '${status}', '', '', 0, '', 1, '', 1);
      insert into machine_control (tenant_id, machine_id, control, mode, generation, action_id, mode_before,
        observed_generation, observed_proven, drifted)
      values ('t', '${status}', 'codeExecution', '', 1, 'action ${status}', '', 0, 0, 0);`);
  }
  await migrate(target);
  const held = database.prepare(
    'select machine_id from machine_control where active = 1 order by machine_id',
  );
  assert.deepEqual(
    held.all().map((row) => row.machine_id),
    ['InProgress', 'Pending'],
  );
});

for (const follows of ['action_id', 'null']) {
  test(`a turn that is still held after its action has ended is let go by the next request, following ${follows}`, async () => {
    const path = join(folder, `${follows}.db`);
    const machine = makeMachine(1);
    {
      await using store = await openSqliteStore({ path, pid: 1 });
      await enrolMachines(store, [machine]);
      const action = await mustRequest(store, makeAction(1, machine));
      assert.equal(await store.advanceAction(makeTransition(action, 'Cancelled', 2)), true);
    }
    // A process of a version that knows nothing of it ends an action so.
    const database = new DatabaseSync(path);
    database.exec(`update machine_control set active = 1, action_id = ${follows}`);
    database.close();
    await using store = await openSqliteStore({ path, pid: 1 });
    assert.equal((await store.controls(TENANT, machine.id))[0]?.active, false);
    assert.equal(await store.activeAction(TENANT, machine.id, 'codeExecution'), null);
    assert.equal((await store.requestAction(makeRequest(makeAction(3, machine)))).outcome, 'created');
    assert.equal((await store.requestAction(makeRequest(makeAction(4, machine)))).outcome, 'active');
  });
}
