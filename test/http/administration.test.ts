/** What we add under `/cordon/v1`: applications, roles, groups, enrolment tokens, states and history. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type {
  WireApplicationCreated,
  WireEnrolmentTokenCreated,
  WireGroup,
  WireMachineState,
  WireRole,
} from '../../src/contract/cordon.ts';
import { refused, succeeded } from '../kit/reply.ts';
import { startWorld, TENANT, type World } from '../kit/world.ts';

const post = (world: World, path: string, body: object) => world.call('POST', `/cordon/v1${path}`, { body });
const remove = (world: World, path: string) => world.call('DELETE', `/cordon/v1${path}`);
const list = async <T>(world: World, path: string) =>
  succeeded<{ value: T[] }>(await world.get(`/cordon/v1${path}`)).value;

async function gone(world: World, path: string): Promise<void> {
  const reply = await remove(world, path);
  assert.deepEqual([reply.status, reply.text], [204, '']);
}

test('an application: created with a secret that is shown once, changed, given more secrets, revoked', async () => {
  await using world = await startWorld();
  const body = {
    displayName: 'playbook',
    permissions: ['Machine.Read.All', 'Machine.Read.All'],
    secretDays: 30,
  };
  const created = succeeded<WireApplicationCreated>(await post(world, '/applications', body), 201);
  world.keepSecret(created.secret);
  assert.equal(created.tenantId, TENANT);
  assert.deepEqual(created.permissions, ['Machine.Read.All']);
  assert.equal(created.secrets[0]?.expiresAt?.slice(0, 10), '2026-04-01');
  const token = async (secret: string) => {
    const form = { grant_type: 'client_credentials', client_id: created.id, client_secret: secret };
    const reply = await fetch(`${world.url}/${TENANT}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({ ...form, scope: 'https://api.securitycenter.microsoft.com/.default' }),
    });
    return ((await reply.json()) as { access_token?: string }).access_token;
  };
  const first = await token(created.secret);
  assert.ok(first);
  succeeded(await world.get('/api/machines', first));

  const listed = JSON.stringify(await list(world, '/applications'));
  assert.ok(listed.includes('playbook') && !listed.includes(created.secret));
  assert.ok(!/hash/i.test(listed), 'nor what is kept of it');
  refused(await post(world, '/applications', body), 'InvalidInput', /An application named playbook exists/);
  refused(
    await post(world, '/applications', { ...body, displayName: 'x', permissions: ['Root'] }),
    'InvalidInput',
  );
  refused(await post(world, '/applications', { displayName: 'x' }), 'MissingRequiredParameter');
  refused(await post(world, '/applications', { ...body, secretDays: 0 }), 'InvalidInput');
  refused(await post(world, '/applications', { ...body, secretDays: '5' }), 'InvalidRequestBody');

  const more = succeeded<{ id: string; secret: string }>(
    await post(world, '/applications/PLAYBOOK/secrets', {}),
    201,
  );
  world.keepSecret(more.secret);
  await gone(world, `/applications/${created.id}/secrets/${created.secrets[0]?.id}`);
  assert.equal(await token(created.secret), undefined, 'the removed secret is worth nothing');
  assert.ok(await token(more.secret));
  refused(await remove(world, `/applications/${created.id}/secrets/none`), 'ResourceNotFound');

  const change = { body: { permissions: ['Machine.Isolate'] } };
  succeeded(await world.call('PATCH', `/cordon/v1/applications/${created.id}`, change));
  const narrowed = await token(more.secret);
  refused(await world.get('/api/machines', narrowed ?? ''), 'Forbidden');
  await gone(world, `/applications/${created.id}`);
  refused(await world.get('/api/machines', narrowed ?? ''), 'Unauthorized');
  assert.equal(await token(more.secret), undefined);
  refused(await remove(world, '/applications/nobody'), 'ResourceNotFound');
});

test('roles and groups: created, assigned, listed, taken away, deleted', async () => {
  await using world = await startWorld();
  const role = succeeded<WireRole>(
    await post(world, '/roles', { name: 'Responders', permissions: ['Active remediation actions'] }),
    201,
  );
  refused(await post(world, '/roles', { name: 'responders', permissions: ['View data'] }), 'InvalidInput');
  refused(await post(world, '/roles', { name: 'x', permissions: ['Everything'] }), 'InvalidInput');
  refused(
    await post(world, '/roles', { name: 'a\0b', permissions: ['View data'] }),
    'InvalidInput',
    /U\+0000/,
  );
  const assigned = succeeded<WireRole>(
    await post(world, '/roles/responders/principals', { principal: 'Ana@Cordon.Test' }),
  );
  assert.deepEqual(assigned.principals, ['ana@cordon.test']);
  assert.deepEqual(await list<WireRole>(world, '/roles'), [assigned]);
  const more = ['View data', 'Alerts investigation'];
  const changed = await world.call('PATCH', '/cordon/v1/roles/responders', { body: { permissions: more } });
  assert.deepEqual(succeeded<WireRole>(changed), { ...assigned, permissions: more });
  refused(
    await world.call('PATCH', '/cordon/v1/roles/responders', { body: { permissions: [] } }),
    'InvalidInput',
  );
  const renamed = await world.call('PATCH', '/cordon/v1/roles/responders', { body: { name: 'Night shift' } });
  assert.deepEqual(succeeded<WireRole>(renamed), { ...assigned, permissions: more, name: 'Night shift' });
  succeeded(await post(world, '/roles', { name: 'day', permissions: more }), 201);
  for (const body of [{ name: 'DAY' }, { name: '' }, { name: 'a\u0000b' }, {}, { principals: [] }])
    refused(
      await world.call('PATCH', '/cordon/v1/roles/Night%20shift', { body }),
      'principals' in body ? 'InvalidRequestBody' : 'InvalidInput',
    );
  succeeded(await world.call('PATCH', `/cordon/v1/roles/${role.id}`, { body: { name: 'responders' } }));
  await gone(world, '/roles/day');
  await gone(world, `/roles/${role.id}/principals/ANA%40cordon.test`);
  refused(await remove(world, `/roles/${role.id}/principals/ana@cordon.test`), 'ResourceNotFound');
  await gone(world, '/roles/Responders');
  refused(await remove(world, '/roles/Responders'), 'ResourceNotFound');

  const rules = [{ property: 'name', operator: 'startsWith', values: ['ws-'] }];
  const { machineId } = await world.device('ws-001.cordon.test');
  const group = succeeded<WireGroup>(await post(world, '/groups', { name: 'workstations', rules }), 201);
  assert.deepEqual([group.id, group.rank, group.principals], [1, 1, []]);
  const state = async () => succeeded<WireMachineState>(await world.get(`/cordon/v1/machines/${machineId}`));
  assert.equal((await state()).rbacGroupId, group.id, 'machines that are there are grouped at once');
  const better = succeeded<WireGroup>(await post(world, '/groups', { name: 'all', rank: 1, rules }), 201);
  assert.equal((await state()).rbacGroupName, 'all', 'at a taken rank the new group comes first');
  assert.deepEqual(
    (await list<WireGroup>(world, '/groups')).map(({ name, rank }) => [name, rank]),
    [
      ['all', 1],
      ['workstations', 2],
    ],
  );
  const narrow = succeeded<WireGroup>(await post(world, '/groups', { name: 'narrow', rank: 1, rules }), 201);
  assert.equal((await state()).rbacGroupId, narrow.id);
  succeeded(await post(world, '/groups/all/machines', { machine: 'WS-001.cordon.test' }));
  assert.equal((await state()).rbacGroupId, better.id);
  const tag = { body: { Value: 'x', Action: 'Add' } };
  succeeded(await world.call('POST', `/api/machines/${machineId}/tags`, tag));
  assert.equal((await state()).rbacGroupId, better.id, 'rules do not move what somebody placed');
  refused(await post(world, '/groups/all/machines', { machine: 'nobody' }), 'ResourceNotFound');
  refused(await post(world, '/groups', { name: 'ALL', rules }), 'InvalidInput');
  refused(
    await post(world, '/groups', { name: 'x', rules: [{ ...rules[0], property: 'owner' }] }),
    'InvalidInput',
  );
  refused(await post(world, '/groups', { name: 'x', rules: [{ ...rules[0], values: [] }] }), 'InvalidInput');
  await gone(world, `/groups/all/machines/${machineId}`);
  assert.equal((await state()).rbacGroupId, narrow.id, 'a machine that is not kept there follows the rules');
  refused(await remove(world, `/groups/all/machines/${machineId}`), 'ResourceNotFound');
  const change = (path: string, body: object) => world.call('PATCH', `/cordon/v1${path}`, { body });
  const first = succeeded<WireGroup>(await change('/groups/all', { rank: 1 }));
  assert.deepEqual([first.rank, first.rules], [1, rules]);
  assert.equal((await state()).rbacGroupName, 'all', 'at its new rank the group is looked at first');
  const other = [{ property: 'name', operator: 'startsWith', values: ['srv-'] }];
  assert.deepEqual(succeeded<WireGroup>(await change('/groups/all', { rules: other })).rules, other);
  assert.equal((await state()).rbacGroupId, narrow.id);
  assert.equal(succeeded<WireGroup>(await change('/groups/narrow', { name: 'slim' })).name, 'slim');
  assert.deepEqual([(await state()).rbacGroupId, (await state()).rbacGroupName], [narrow.id, 'slim']);
  refused(await change('/groups/slim', { name: 'ALL' }), 'InvalidInput', /exists/);
  succeeded(await change('/groups/slim', { name: 'narrow' }));
  refused(await change('/groups/all', {}), 'InvalidInput');
  refused(await change('/groups/none', { rank: 1 }), 'ResourceNotFound');
  await gone(world, '/groups/narrow');
  await gone(world, '/groups/all');
  assert.equal((await state()).rbacGroupName, 'workstations', 'the rules hold again');
  await gone(world, `/groups/${group.id}`);
  assert.deepEqual([(await state()).rbacGroupId, (await state()).rbacGroupName], [0, null]);
});

test('enrolment tokens: shown once, listed without the text, revoked', async () => {
  await using world = await startWorld();
  const created = succeeded<WireEnrolmentTokenCreated>(
    await post(world, '/enrolmenttokens', { uses: 3 }),
    201,
  );
  world.keepSecret(created.token);
  assert.deepEqual(
    [created.usesLeft, created.expiresAt, created.createdBy, created.groupId, created.machineId],
    [3, '2026-03-02T10:15:20Z', 'soar-connector', null, null],
  );
  const bare = succeeded<WireEnrolmentTokenCreated>(
    await world.call('POST', '/cordon/v1/enrolmenttokens'),
    201,
  );
  world.keepSecret(bare.token);
  assert.equal(bare.usesLeft, 1);
  const listed = JSON.stringify(await list(world, '/enrolmenttokens'));
  assert.ok(listed.includes(created.id) && !listed.includes(created.token) && !/hash/i.test(listed));
  await gone(world, `/enrolmenttokens/${created.id.toUpperCase()}`);
  refused(await remove(world, '/enrolmenttokens/none'), 'ResourceNotFound');
  for (const body of [{ uses: 0 }, { uses: 1.5 }, { minutes: 50_000 }])
    assert.equal((await post(world, '/enrolmenttokens', body)).status, 400);
  refused(await post(world, '/enrolmenttokens', { group: 'nobody' }), 'ResourceNotFound');
  refused(await post(world, '/enrolmenttokens', { machine: 'nobody' }), 'ResourceNotFound');
});

test('states of machines take the same queries as machines', async () => {
  await using world = await startWorld();
  const device = await world.device('one.cordon.test');
  await world.device('two.cordon.test');
  await world.restrict(device.machineId);
  await device.obey();
  const filter = "$filter=computerDnsName eq 'one.cordon.test'&$count=true";
  const [state] = await list<WireMachineState>(world, `/machines?${filter}`);
  assert.deepEqual(state?.drivers, [{ control: 'codeExecution', driver: 'simulated', version: null }]);
  assert.deepEqual(
    state?.controls.map(({ control, mode, assurance }) => [control, mode, assurance]),
    [['codeExecution', 'restricted', 'proven']],
  );
  assert.deepEqual(
    (await list<WireMachineState>(world, '/machines')).map(({ controls }) => controls.length).sort(),
    [0, 1],
  );
  refused(await world.get('/cordon/v1/machines?$filter=drivers eq 1'), 'ODataError');
});
