import assert from 'node:assert/strict';
import test from 'node:test';
import { refused, succeeded } from '../kit/reply.ts';
import { startWorld } from '../kit/world.ts';

test('too many calls are 429 with an integer Retry-After and the words of the vendor', async () => {
  await using world = await startWorld({ rateLimit: { perMinute: 2, perHour: 100 } });
  const { machineId, tenantId } = await world.device();
  for (let call = 0; call < 2; call += 1) succeeded(await world.get('/api/machines'));
  for (const path of ['/api/machines', '/api/v1.0/Machines']) {
    const reply = await world.get(path);
    refused(reply, 'TooManyRequests', 'API calls quota exceeded! maximum allowed 2 per 00:01:00.');
    const seconds = reply.headers.get('retry-after') ?? '';
    assert.match(seconds, /^[0-9]+$/);
    assert.ok(Number(seconds) >= 1 && Number(seconds) <= 60);
  }
  const head = await world.call('HEAD', '/api/machines');
  assert.equal(head.status, 429);
  succeeded(await world.get(`/api/machines/${machineId}`));
  const other = await world.application(['Machine.Read.All']);
  succeeded(await world.get('/api/machines', other));

  const path = `/api/machines/${machineId}/restrictCodeExecution`;
  refused(await world.call('POST', path, { body: {} }), 'MissingRequiredParameter');
  refused(await world.call('POST', path, { body: {} }), 'MissingRequiredParameter');
  refused(await world.call('POST', path, { body: { Comment: 'x' } }), 'TooManyRequests');
  assert.deepEqual(await world.store.controls(tenantId, machineId), [], 'nothing happened');
});

test('a call without permission counts too, one without a token does not', async () => {
  await using world = await startWorld({ rateLimit: { perMinute: 2, perHour: 100 } });
  const none = await world.application([]);
  for (let call = 0; call < 5; call += 1)
    refused(await world.call('GET', '/api/machines', { token: null }), 'Unauthorized');
  refused(await world.get('/api/machines', none), 'Forbidden');
  refused(await world.get('/api/machines', none), 'Forbidden');
  refused(await world.get('/api/machines', none), 'TooManyRequests');
  succeeded(await world.get('/api/machines'));
});

test('a person is not slowed down by the limit of applications', async () => {
  await using world = await startWorld({ rateLimit: { perMinute: 2, perHour: 3 } });
  const ana = await world.user('ana@cordon.test', { role: ['View data'] });
  for (let call = 0; call < 20; call += 1) succeeded(await world.get('/api/machines', ana));
});
