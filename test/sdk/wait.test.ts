import assert from 'node:assert/strict';
import test from 'node:test';
import { ClientError } from '../../src/sdk/index.ts';
import { wireError } from '../kit/api-server.ts';
import { refusal, startWorld } from './world.ts';

const MACHINE = '1'.repeat(40);
const READ = 'GET /api/machineactions';
const busy = (seconds: string) => ({
  status: 429,
  body: wireError('TooManyRequests', 'quota'),
  headers: { 'retry-after': seconds },
});

test('a request can wait for its own end, and resolves with it whichever way it went', async (context) => {
  const { api, cordon } = await startWorld(context);
  assert.equal((await cordon.restrict(MACHINE, { comment: 'why', wait: true })).status, 'Succeeded');
  api.path = ['InProgress', 'Failed'];
  const seen: string[] = [];
  const wait = { onChange: ({ status }: { status: string }) => void seen.push(status) };
  assert.equal((await cordon.unrestrict(MACHINE, { comment: 'why', wait })).status, 'Failed');
  assert.deepEqual(seen, ['Pending', 'InProgress', 'Failed']);
  assert.equal(
    (await cordon.restrict(MACHINE, { comment: 'why' })).status,
    'Pending',
    'without wait it does not',
  );
});

for (const wait of [{ timeout: 5000 }, 5000]) {
  test(`a wait of ${JSON.stringify(wait)} that ends too early says which action goes on`, async (context) => {
    const { api, cordon } = await startWorld(context);
    api.path = ['InProgress'];
    await assert.rejects(cordon.restrict(MACHINE, { comment: 'why', wait }), (error) => {
      assert.ok(error instanceof ClientError);
      assert.deepEqual(
        [error.code, error.action?.status, error.action?.machineId],
        ['StillActive', 'InProgress', MACHINE],
      );
      return true;
    });
  });
}

test('a wait outlasts refusals, however long a pause the service asks for, and keeps it', async (context) => {
  const { api, cordon, pauses } = await startWorld(context, { retry: { attempts: 2 } });
  for (const seconds of ['90', '90', '90']) api.force(READ, busy(seconds));
  const action = await cordon.restrict(MACHINE, { comment: 'why', wait: true });
  assert.equal(action.status, 'Succeeded');
  assert.deepEqual(pauses.slice(0, 3), [90_000, 90_000, 90_000]);
});

test('a pause that no timer can hold is cut, so that it does not become none', async (context) => {
  const { api, cordon, pauses } = await startWorld(context);
  api.force(READ, busy('999999999'));
  await cordon.restrict(MACHINE, { comment: 'why', wait: true });
  assert.equal(pauses[0], 300_000);
});

test('a pause does not outlast the wait', async (context) => {
  const { api, cordon, pauses } = await startWorld(context);
  api.force(READ, busy('90'));
  api.path = [];
  const waiting = cordon.restrict(MACHINE, { comment: 'why', wait: { timeout: 10_000 } });
  await assert.rejects(waiting, refusal('StillActive'));
  assert.deepEqual(pauses, [10_000]);
});

test('a wait bears a few broken connections, and says what it saw last when they stay broken', async (context) => {
  const { api, cordon } = await startWorld(context, { retry: { attempts: 3 } });
  api.force(READ, { status: 0, broken: true });
  api.force(READ, { status: 503, body: wireError('ServiceUnavailable', 'busy') });
  assert.equal((await cordon.restrict(MACHINE, { comment: 'why', wait: true })).status, 'Succeeded');
  for (let call = 0; call < 3; call += 1) api.force(READ, { status: 0, broken: true });
  await assert.rejects(cordon.restrict(MACHINE, { comment: 'why', wait: true }), (error) => {
    assert.ok(error instanceof ClientError);
    assert.deepEqual([error.code, error.action?.status], ['Unreachable', 'Pending']);
    return true;
  });
});

test('a refusal that no repetition mends ends the wait at once', async (context) => {
  const { api, cordon, pauses } = await startWorld(context);
  api.force(READ, { status: 403, body: wireError('Forbidden', 'no') });
  await assert.rejects(cordon.restrict(MACHINE, { comment: 'why', wait: true }), refusal('Forbidden'));
  assert.deepEqual(pauses, []);
});

test('a signal ends the wait, and not the action', async (context) => {
  const { api, cordon } = await startWorld(context);
  api.path = [];
  const controller = new AbortController();
  const wait = { onChange: () => controller.abort(new Error('enough')) };
  const waiting = cordon.restrict(MACHINE, { comment: 'why', signal: controller.signal, wait });
  await assert.rejects(waiting, /enough/);
  assert.equal([...api.actions.values()][0]!.status, 'Pending');
});
