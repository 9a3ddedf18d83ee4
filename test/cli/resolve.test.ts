import assert from 'node:assert/strict';
import test from 'node:test';
import { wireError } from '../kit/api-server.ts';
import { startWorld } from './world.ts';

test('a machine is found by every name it has', async (context) => {
  const { api, cordon } = await startWorld(context);
  const directoryId = 'aaaaaaaa-1111-4111-8111-111111111111';
  const rows: [written: string, asked: string][] = [
    ['1'.repeat(40), '1'.repeat(40)],
    ['ws-001.cordon.test', 'ws-001.cordon.test'],
    ['ws-001', '1'.repeat(40)],
    ['11111111', '1'.repeat(40)],
    [directoryId, directoryId],
  ];
  for (const [written, asked] of rows) {
    await cordon(['restrict', written, '--comment', 'why']);
    assert.equal(
      api.calls.findLast(({ method }) => method === 'POST')!.path,
      `/api/machines/${asked}/restrictCodeExecution`,
    );
  }
});

test('a name of several machines is refused with what it could mean, and nothing is asked', async (context) => {
  const { api, cordon } = await startWorld(context);
  api.machines[1] = { ...api.machines[1]!, computerDnsName: 'ws-001.other.test' };
  const { status, stderr } = await cordon(['restrict', 'ws-001', '--comment', 'why']);
  assert.equal(status, 2);
  assert.match(stderr, /ws-001\.cordon\.test \(11111111\), ws-001\.other\.test \(22222222\)/);
  assert.equal(api.actions.size, 0);
});

test('a quote in a name stays within its literal', async (context) => {
  const { api, cordon } = await startWorld(context);
  await cordon(['restrict', "x' or true or '", '--comment', 'why']);
  assert.match(
    api.calls.at(-1)!.query.get('$filter')!,
    /^computerDnsName eq 'x'' or true or ''' or startswith/,
  );
});

test('an action is found by the beginning of its id, when that fits one', async (context) => {
  const { cordon } = await startWorld(context);
  await cordon(['restrict', 'ws-001', '--comment', 'why']);
  assert.equal((await cordon(['action', '00000001'])).status, 0);
  const unknown = await cordon(['action', '0000000f']);
  assert.equal(unknown.status, 3);
  assert.match(unknown.stderr, /has an id that begins with 0000000f/);
  const short = await cordon(['action', '0000']);
  assert.equal(short.status, 2);
  assert.match(short.stderr, /eight or more/);
});

test('an application is found by id, by name in any letter case, and by the beginning of its id', async (context) => {
  const { api, cordon } = await startWorld(context);
  const application = (id: string, displayName: string) => ({
    id,
    displayName,
    permissions: [],
    createdAt: '2026-03-02T09:15:20Z',
    revokedAt: null,
    secrets: [],
    keys: [],
  });
  api.lists.applications = [
    application('aaaaaaaa-0000-4000-8000-000000000001', 'soar'),
    application('aaaaaaaa-0000-4000-8000-000000000002', 'twin'),
    application('bbbbbbbb-0000-4000-8000-000000000003', 'TWIN'),
  ];
  const revoked = () => api.calls.findLast(({ method }) => method === 'DELETE')?.path;
  for (const written of ['soar', 'SOAR', 'aaaaaaaa-0000-4000-8000-000000000001']) {
    assert.equal((await cordon(['app', 'revoke', written])).status, 0);
    assert.equal(revoked(), '/cordon/v1/applications/aaaaaaaa-0000-4000-8000-000000000001');
  }
  assert.equal((await cordon(['app', 'revoke', 'bbbbbbbb'])).status, 0);
  assert.equal(revoked(), '/cordon/v1/applications/bbbbbbbb-0000-4000-8000-000000000003');
  const calls = api.calls.filter(({ method }) => method === 'DELETE').length;
  for (const written of ['twin', 'aaaaaaaa']) {
    const { status, stderr } = await cordon(['app', 'revoke', written]);
    assert.equal(status, 2);
    assert.match(stderr, /fits several applications/);
  }
  assert.equal((await cordon(['app', 'revoke', 'nobody'])).status, 3);
  assert.equal(api.calls.filter(({ method }) => method === 'DELETE').length, calls);
});

test('where the service cannot compare ids, the newest actions are looked through', async (context) => {
  const { api, cordon } = await startWorld(context);
  await cordon(['restrict', 'ws-001', '--comment', 'why']);
  api.force('GET /api/machineactions', { status: 400, body: wireError('ODataError', 'no such comparison') });
  assert.equal((await cordon(['action', '00000001-6a41'])).status, 0);
  const ranges = api.calls
    .filter(({ path }) => path === '/api/machineactions')
    .map(({ query }) => query.get('$filter'));
  assert.deepEqual(ranges, [
    'id ge 00000001-6a41-0000-0000-000000000000 and id le 00000001-6a41-ffff-ffff-ffffffffffff',
    null,
  ]);
});
