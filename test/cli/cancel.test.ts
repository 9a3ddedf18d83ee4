import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { startWorld } from './world.ts';

/** The world of the command, with one action under way on ws-001. */
async function underWay(context: TestContext) {
  const world = await startWorld(context);
  await world.cordon(['restrict', 'ws-001', '--comment', 'why']);
  const cancelled = () =>
    world.api.calls.filter(({ path }) => path.endsWith('/cancel')).map(({ path }) => path.split('/')[3]);
  return { ...world, cancelled, id: [...world.api.actions.keys()][0]! };
}

test('cancel ends an action by a shortened id, with its comment', async (context) => {
  const { api, cordon } = await underWay(context);
  const { status, stdout } = await cordon(['cancel', '00000001', '--comment', 'wrong machine', '--json']);
  assert.equal(status, 0);
  assert.equal(JSON.parse(stdout).status, 'Cancelled');
  assert.deepEqual(api.calls.at(-1)!.body, { Comment: 'wrong machine' });
});

test('cancel takes every name of a machine for what is under way on it', async (context) => {
  for (const name of ['ws-001', 'ws-001.cordon.test', '1'.repeat(40), '11111111']) {
    const { cordon, cancelled, id } = await underWay(context);
    const { status, stderr } = await cordon(['cancel', name, '--comment', 'wrong machine']);
    assert.equal(status, 0, stderr);
    assert.deepEqual(cancelled(), [id]);
  }
});

test('what is over is left alone, and so is everything when the name is nobody’s', async (context) => {
  const { api, cordon, cancelled, id } = await underWay(context);
  api.actions.set(id, { ...api.actions.get(id)!, status: 'Succeeded' });
  const over = await cordon(['cancel', 'ws-001', '--comment', 'c']);
  assert.equal(over.status, 3);
  assert.match(over.stderr, /Nothing is under way on ws-001/);
  const nobody = await cordon(['cancel', 'ws-999', '--comment', 'c']);
  assert.match(nobody.stderr, /No machine is called ws-999/);
  const neither = await cordon(['cancel', '99999999', '--comment', 'c']);
  assert.match(neither.stderr, /No action has an id that begins with 99999999/);
  assert.deepEqual(cancelled(), []);
});

test('of several on one machine the person chooses, and where nobody is nothing is done', async (context) => {
  const { api, cordon, cancelled, id } = await underWay(context);
  const other = '00000002-6a41-4f0e-9a57-0c1d2e3f4a5b';
  api.actions.set(other, {
    ...api.actions.get(id)!,
    id: other,
    type: 'UnrestrictCodeExecution',
    status: 'InProgress',
  });
  const nobody = await cordon(['cancel', 'ws-001', '--comment', 'c']);
  assert.equal(nobody.status, 2);
  assert.match(nobody.stderr, /00000002-6a41-4f0e {2}UnrestrictCodeExecution {2}InProgress[\s\S]*00000001/);
  for (const answer of ['', '0000', 'x']) {
    assert.equal((await cordon(['cancel', 'ws-001', '--comment', 'c'], { answer })).status, 2);
  }
  assert.deepEqual(cancelled(), []);
  assert.equal((await cordon(['cancel', 'ws-001', '--comment', 'c'], { answer: '00000002' })).status, 0);
  assert.deepEqual(cancelled(), [other]);
});
