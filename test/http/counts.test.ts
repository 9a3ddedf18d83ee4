import assert from 'node:assert/strict';
import test from 'node:test';
import { refused } from '../kit/reply.ts';
import { startWorld, TENANT } from '../kit/world.ts';

test('/$count is a bare number of what fits, in every spelling of the address', async () => {
  await using world = await startWorld();
  const devices = [];
  for (const name of ['ws-1.cordon.test', 'ws-2.cordon.test', 'db-1.cordon.test'])
    devices.push(await world.device(name));
  for (const { machineId } of devices) await world.restrict(machineId);
  const machineId = devices[0]!.machineId;
  await world.cancel(
    (await world.get('/api/machineactions')).json<{ value: { id: string }[] }>().value[0]!.id,
  );
  const count = async (path: string) => {
    const reply = await world.get(path);
    assert.equal(reply.status, 200, reply.text);
    assert.equal(reply.headers.get('content-type'), 'text/plain; charset=utf-8');
    assert.equal(reply.headers.get('odata-version'), '4.0');
    return reply.text;
  };
  for (const base of ['/api', '/api/v1.0', '/API']) {
    for (const word of ['$count', '$COUNT', '%24count', '%24Count/']) {
      assert.equal(await count(`${base}/machines/${word}`), '3');
      assert.equal(await count(`${base}/machineActions/${word}?$top=0`), '3');
      assert.equal(await count(`${base}/machines/${machineId}/machineactions/${word}`), '1');
    }
  }
  assert.equal(await count("/api/machines/$count?$filter=startswith(computerDnsName,'ws-')"), '2');
  assert.equal(await count("/api/machineactions/$count?%24filter=status+eq+'Cancelled'"), '1');
  assert.equal(await count('/api/machineactions/$count?$top=1&$skip=3&$orderby=id&$select=id'), '3');
  assert.equal(
    await count(`/api/machines/${machineId}/machineactions/$count?$filter=status eq 'Failed'`),
    '0',
  );
  refused(await world.get('/api/machines/$count?$filter=nothing eq 1'), 'ODataError', /nothing/);
  refused(await world.get('/api/machines/unknown/machineactions/$count'), 'ResourceNotFound');
  refused(await world.get('/api/machines/x?y=/%24count'), 'ResourceNotFound', 'Machine x was not found');
  const posted = refused(await world.call('POST', '/api/machines/$count'), 'MethodNotAllowed');
  assert.match(posted, /use GET or HEAD/);
});

test('/$count counts what the caller may see', async () => {
  await using world = await startWorld();
  const { groups } = world.server.services;
  const seen = await groups.create(TENANT, 'seen', null, []);
  const hidden = await groups.create(TENANT, 'hidden', null, []);
  await groups.assign(TENANT, String(hidden.id), 'somebody@cordon.test');
  await world.device('a.cordon.test', { groupId: seen.id });
  const { machineId } = await world.device('b.cordon.test', { groupId: hidden.id });
  await world.restrict(machineId);
  const user = await world.user('viewer@cordon.test', { role: ['View data'] });
  assert.equal((await world.get('/api/machines/$count', user)).text, '1');
  assert.equal((await world.get('/api/machineactions/$count', user)).text, '0');
  refused(await world.get(`/api/machines/${machineId}/machineactions/$count`, user), 'ResourceNotFound');
  assert.equal((await world.get('/api/machines/$count')).text, '2');
});
