import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { decodeJwt } from 'jose';
import { refused, succeeded } from '../kit/reply.ts';
import { sharedTokenKey } from '../kit/token-key.ts';
import { hostileTokens, signed } from '../kit/tokens.ts';
import { startWorld } from '../kit/world.ts';

describe('a token that is not genuine', async () => {
  test('is 401 on reads and writes, whatever is wrong with it; nothing happens and nothing leaks', async (t) => {
    await using world = await startWorld();
    const { machineId, tenantId } = await world.device();
    const key = await sharedTokenKey(world.store);
    for (const [what, token] of await hostileTokens(world.full, key, world.time.wall())) {
      await t.test(what, async () => {
        // A header cannot carry these to the server at all.
        if (/[^\x20-\x7e]/.test(token)) return;
        if (token.length > 40) world.keepSecret(token.slice(0, 200));
        const path = `/api/machines/${machineId}/restrictCodeExecution`;
        const post = await world.call('POST', path, { token, body: { Comment: 'x' } });
        const message = refused(post, 'Unauthorized');
        assert.ok(message.length < 200);
        assert.equal(post.headers.get('www-authenticate'), null);
        refused(await world.get('/api/machines', token), 'Unauthorized');
      });
    }
    assert.deepEqual(await world.store.controls(tenantId, machineId), []);
    succeeded(await world.get('/api/machines'));
  });
});

test('a header that is missing, empty or no bearer token is 401', async () => {
  await using world = await startWorld();
  refused(await world.call('GET', '/api/machines', { token: null }), 'Unauthorized', /no access token/);
  for (const authorization of [
    '',
    ' ',
    'Bearer',
    'Bearer ',
    `Basic ${btoa('a:b')}`,
    world.full,
    'Bearer a b',
  ]) {
    const reply = await world.call('GET', '/api/machines', { token: null, headers: { authorization } });
    refused(reply, 'Unauthorized');
  }
  const lower = { authorization: `bearer ${world.full}` };
  succeeded(await world.call('GET', '/api/machines', { token: null, headers: lower }));
});

test('a token ends when its hour is over, and with its application', async () => {
  await using world = await startWorld();
  const client = (await world.server.services.applications.list(decodeJwt(world.full).tid as string))[0]!;
  world.time.step(3_599_000 + 59_000);
  succeeded(await world.get('/api/machines'));
  world.time.step(3000);
  refused(await world.get('/api/machines'), 'Unauthorized', 'The access token has expired.');
  const { tenantId } = client.application;
  const other = await world.application(['Machine.Read.All'], { name: 'other' });
  succeeded(await world.get('/api/machines', other));
  await world.server.services.applications.revoke(tenantId, 'other');
  refused(await world.get('/api/machines', other), 'Unauthorized');
});

test('a genuine token of one tenant sees nothing of another', async () => {
  await using world = await startWorld();
  const { machineId } = await world.device();
  const action = await world.restrict(machineId);
  const claims = decodeJwt(world.full);
  const other = await world.application(['Machine.Read.All', 'Machine.RestrictExecution'], {
    tenant: '8d2f1e4b-1f1f-4d63-8b5a-4b2e1d7c6f32',
  });
  assert.notEqual(decodeJwt(other).tid, claims.tid);
  const body = { Comment: 'x' };
  const call = (method: string, path: string) =>
    world.call(method, path, method === 'GET' ? { token: other } : { token: other, body });
  for (const path of ['/api/machines', '/api/machineactions', '/cordon/v1/machines']) {
    assert.deepEqual(succeeded<{ value: unknown[] }>(await call('GET', path)).value, []);
  }
  for (const name of [machineId, 'ws-001.cordon.test']) {
    refused(await call('GET', `/api/machines/${name}`), 'ResourceNotFound');
    refused(await call('GET', `/api/machines/${name}/machineactions`), 'ResourceNotFound');
    refused(await call('GET', `/cordon/v1/machines/${name}`), 'ResourceNotFound');
    refused(await call('POST', `/api/machines/${name}/unrestrictCodeExecution`), 'ResourceNotFound');
  }
  refused(await call('GET', `/api/machineactions/${action.id}`), 'ResourceNotFound');
  refused(await call('GET', `/cordon/v1/machineactions/${action.id}/history`), 'ResourceNotFound');
  refused(await call('POST', `/api/machineactions/${action.id}/cancel`), 'ResourceNotFound');
  assert.equal((await world.action(action.id)).status, 'Pending');
});

test('an application without permissions is told which would do, and a user scope does not help it', async () => {
  await using world = await startWorld();
  const none = await world.application([]);
  assert.equal(decodeJwt(none).roles, undefined);
  const message =
    'The application does not have any of the required application permissions (Machine.Read.All, Machine.ReadWrite.All) to access the resource.';
  refused(await world.get('/api/machines', none), 'Forbidden', message);
  const key = await sharedTokenKey(world.store);
  const scoped = await signed({ ...decodeJwt(none), scp: 'Machine.Read' }, key);
  refused(await world.get('/api/machines', scoped), 'Unauthorized', /names no user/);
  const both = {
    ...decodeJwt(none),
    roles: ['Machine.Read.All'],
    scp: 'User.Read.All',
    upn: 'ana@cordon.test',
  };
  refused(await world.get('/api/machines', await signed(both, key)), 'Forbidden', /delegated permissions/);
});
