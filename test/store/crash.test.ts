import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { actionId, enrolMachines, machineId, makeMachine, TENANT } from '../kit/store.ts';

const folder = mkdtempSync(join(tmpdir(), 'cordon-crash-'));
after(() => rmSync(folder, { recursive: true }));

/** Machines of one round: more than are served before the kill. */
const MACHINES = 4000;

test('every action that was accepted before a kill -9 is there afterwards, whole, and nothing is there by halves', async () => {
  const path = join(folder, 'cordon.db');
  const accepted: string[] = [];
  for (let round = 0; round < 4; round += 1) {
    const first = round * MACHINES;
    {
      await using store = await openSqliteStore({ path, pid: process.pid });
      await enrolMachines(
        store,
        Array.from({ length: MACHINES }, (_, index) => makeMachine(first + index)),
      );
    }
    const writer = fileURLToPath(new URL('./crash-writer.ts', import.meta.url));
    const killAfter = 200 + round * 531;
    // Into a file: a pipe that is full would refuse a line of a writer that does not wait.
    const list = join(folder, `accepted-${round}`);
    const output = openSync(list, 'w');
    const child = spawn(process.execPath, [writer, path, ...[first, MACHINES, killAfter].map(String)], {
      stdio: ['ignore', output, 'inherit'],
    });
    await once(child, 'exit');
    closeSync(output);
    const lines = readFileSync(list, 'utf8').trimEnd().split('\n');
    accepted.push(...lines);
    assert.equal(child.signalCode, 'SIGKILL');
    assert.equal(lines.length, killAfter);

    await using store = await openSqliteStore({ path, pid: process.pid });
    for (const id of accepted) {
      const action = await store.action(TENANT, id, null);
      assert.equal(action?.status, 'Pending', `${id} was accepted and is lost`);
    }
    let found = 0;
    for (let number = first; number < first + MACHINES; number += 1) {
      const action = await store.action(TENANT, actionId(number), null);
      const [control] = await store.controls(TENANT, machineId(number));
      const events = await store.actionEvents(TENANT, actionId(number));
      assert.equal(events.length, action === null ? 0 : 1);
      assert.equal(control?.actionId, action?.id);
      if (action !== null) found += 1;
    }
    assert.ok(found >= lines.length);
  }
});

test('one store at a time has a file, and its death frees it', async () => {
  const path = join(folder, 'locked.db');
  const store = await openSqliteStore({ path, pid: 4711 });
  await assert.rejects(openSqliteStore({ path, pid: 4712 }), (error: { code?: string; message: string }) => {
    assert.equal(error.code, 'DisallowedOperation');
    assert.match(error.message, /in use by process 4711/);
    return true;
  });
  // The refused one has not harmed the one that holds it.
  assert.equal(await store.ready(), true);
  await store[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  const next = await openSqliteStore({ path, pid: 4712 });
  await next[Symbol.asyncDispose]();
});

test('the database and what stands beside it can be read by their owner only', async () => {
  const path = join(folder, 'private', 'cordon.db');
  await using store = await openSqliteStore({ path, pid: 1 });
  assert.equal(await store.ready(), true);
  assert.equal(statSync(join(folder, 'private')).mode & 0o777, 0o700);
  for (const suffix of ['', '-wal', '-shm', '.lock']) {
    assert.equal(statSync(path + suffix).mode & 0o777, 0o600, suffix);
  }
});
