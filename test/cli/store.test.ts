import assert from 'node:assert/strict';
import test from 'node:test';
import { runCommand } from '../kit/command.ts';
import { startWorld } from './world.ts';

test('a backup says what it holds, in words or as one document', async () => {
  const words = ['store', 'backup', 'b.db', '--data', 'd'];
  const said = await runCommand(words);
  assert.equal(said.status, 0);
  assert.deepEqual(said.ran.storeBackup, { data: 'd', file: 'b.db' });
  assert.equal(said.stdout, 'b.db holds 3 actions of 2 machines, 1.5 MB, checked.\n');
  const { stdout } = await runCommand([...words, '--json']);
  assert.equal((JSON.parse(stdout) as { actions: number }).actions, 3);
});

test('a restore says what comes next, and a refusal ends with 3', async () => {
  const words = ['store', 'restore', 'b.db', '--data', 'd'];
  const { status, stdout, stderr, ran } = await runCommand(words);
  assert.equal(status, 0);
  assert.deepEqual(ran.storeRestore, { data: 'd', file: 'b.db' });
  assert.match(stdout, /^d holds 3 actions/);
  assert.match(stderr, /Start the server on it/);
  const refused = await runCommand(words, { failure: new Error('it is there already') });
  assert.deepEqual([refused.status, refused.stdout], [3, '']);
  assert.match(refused.stderr, /it is there already/);
});

test('the audit is one object per line, of the period asked for', async (context) => {
  const { api, cordon } = await startWorld(context);
  const records = [
    { id: 'a', history: [{ status: 'Pending' }] },
    { id: 'b', history: [] },
  ];
  api.lists.machineactions = records;
  const { status, stdout, stderr } = await cordon([
    ...['audit', '--since', '2026-03-01', '--before', '2026-04-01T00:00'],
    ...['--filter', "status eq 'Failed'"],
  ]);
  assert.equal(status, 0);
  assert.deepEqual(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
    records,
  );
  assert.match(stderr, /^2 actions were written\.$/m);
  const call = api.calls.find(({ path }) => path === '/cordon/v1/machineactions');
  assert.equal(
    call?.query.get('$filter'),
    "creationDateTimeUtc ge 2026-03-01T00:00:00.000Z and creationDateTimeUtc lt 2026-04-01T00:00:00.000Z and (status eq 'Failed')",
  );
  assert.equal(call?.query.get('$orderby'), 'creationDateTimeUtc asc');
});

test('a time that is none is refused before anything is asked', async () => {
  for (const wrong of ['yesterday', '2026-13-01', '1 March 2026', '2026-03-01T25:00']) {
    const { status, stderr } = await runCommand(['audit', '--since', wrong, '--emulator']);
    assert.equal(status, 2, wrong);
    assert.match(stderr, /takes a day or a time/, wrong);
  }
});
