import assert from 'node:assert/strict';
import test from 'node:test';
import { all, ClientError } from '../../src/sdk/index.ts';
import { wireError } from '../kit/api-server.ts';
import { refusal, startWorld } from './world.ts';

const MACHINE = '1'.repeat(40);
const posts = (api: { calls: readonly { method: string; path: string }[] }) =>
  api.calls.filter(({ method, path }) => method === 'POST' && path.startsWith('/api'));

test('a request whose answer was lost is made again with the same key, and there is one action', async (context) => {
  const { api, cordon } = await startWorld(context);
  api.force('POST /api/machines', { status: 0, lost: true });
  const action = await cordon.restrict(MACHINE, { comment: 'why' });
  assert.equal(action.status, 'Pending');
  assert.equal(api.actions.size, 1);
  const keys = api.calls
    .filter(({ method }) => method === 'POST')
    .map(({ headers }) => headers['idempotency-key']);
  assert.equal(keys.at(-1), keys.at(-2));
  await cordon.restrict('2'.repeat(40), { comment: 'why' });
  assert.notEqual(api.calls.at(-1)!.headers['idempotency-key'], keys.at(-1));
});

test('the vendor’s service keeps no keys, so a request whose answer was lost is not made again', async (context) => {
  const { api, cordon, pauses } = await startWorld(context, { service: 'vendor' });
  api.vendorOnly = true;
  api.force('POST /api/machines', { status: 0, lost: true });
  await assert.rejects(cordon.restrict(MACHINE, { comment: 'why' }), (error) => {
    assert.ok(error instanceof ClientError);
    assert.equal(error.code, 'OutcomeUnknown');
    assert.match(error.message, /may have arrived/);
    return true;
  });
  assert.deepEqual([api.actions.size, posts(api).length, pauses.length], [1, 1, 0]);
  assert.equal(posts(api).length, 1);
  assert.equal(api.calls.at(-1)!.headers['idempotency-key'], undefined);
  api.force('POST /api/machines', { status: 0, lost: true });
  const keyed = cordon.restrict('2'.repeat(40), { comment: 'why', idempotencyKey: 'mine' });
  await assert.rejects(keyed, refusal('OutcomeUnknown'), 'a key of the caller changes nothing there');
});

test('at the vendor’s a 503 without a time may be a proxy’s that lost the answer, and a 429 never is', async (context) => {
  const { api, cordon, pauses } = await startWorld(context, { service: 'vendor' });
  api.vendorOnly = true;
  api.force('POST /api/machines', { status: 503, body: 'upstream connect error' });
  await assert.rejects(cordon.restrict(MACHINE, { comment: 'why' }), refusal('UnexpectedAnswer'));
  const again = { 'retry-after': '2' };
  api.force('POST /api/machines', {
    status: 503,
    body: wireError('ServiceUnavailable', 'busy'),
    headers: again,
  });
  api.force('POST /api/machines', { status: 429, body: wireError('TooManyRequests', 'quota') });
  await cordon.restrict(MACHINE, { comment: 'why' });
  assert.deepEqual(pauses, [2000, 400]);
});

test('a cancellation whose answer was lost is not made again', async (context) => {
  const { api, cordon } = await startWorld(context);
  api.path = [];
  const { id } = await cordon.restrict(MACHINE, { comment: 'why' });
  api.force('POST /api/machineactions', { status: 0, lost: true });
  await assert.rejects(cordon.cancel(id, 'mistake'), refusal('OutcomeUnknown'));
  assert.equal((await cordon.action(id)).status, 'Cancelled');
});

test('reading is tried again after a broken connection, and says so when it stays broken', async (context) => {
  const { api, cordon, pauses } = await startWorld(context);
  api.force('GET /api/machines', { status: 0, broken: true });
  assert.equal((await all(cordon.machines())).length, 3);
  assert.deepEqual(pauses, [200]);
  for (let call = 0; call < 5; call += 1) api.force('GET /api/machines', { status: 0, broken: true });
  await assert.rejects(all(cordon.machines()), refusal('Unreachable'));
});

test('a pause is never shorter than the service asks for, and spreads those who were told the same', async (context) => {
  const { api, cordon, pauses } = await startWorld(context, { system: { random: () => 0.5 } });
  api.force('GET /api/machines', {
    status: 429,
    body: wireError('TooManyRequests', 'quota'),
    headers: { 'retry-after': '3' },
  });
  api.force('GET /api/machines', { status: 503, body: wireError('ServiceUnavailable', 'busy') });
  await all(cordon.machines());
  assert.deepEqual(pauses, [3250, 500]);
});

test('a time to come again may be a date', async (context) => {
  const { api, cordon, pauses } = await startWorld(context);
  const headers = { 'retry-after': 'Mon, 02 Mar 2026 09:00:05 GMT' };
  api.force('GET /api/machines', { status: 503, body: wireError('ServiceUnavailable', 'busy'), headers });
  await all(cordon.machines());
  assert.deepEqual(pauses, [5000]);
});

test('the token endpoint’s own limit is kept', async (context) => {
  const { api, cordon, pauses } = await startWorld(context);
  const headers = { 'retry-after': '4' };
  api.force('POST /11111111', { status: 429, body: { error: 'temporarily_unavailable' }, headers });
  assert.equal((await all(cordon.machines())).length, 3);
  assert.deepEqual(pauses, [4000]);
});

test('where no call is made twice the service is given no key to remember', async (context) => {
  const { api, cordon } = await startWorld(context, { retry: { attempts: 1 } });
  await cordon.restrict(MACHINE, { comment: 'why' });
  assert.equal(api.calls.at(-1)!.headers['idempotency-key'], undefined);
});
