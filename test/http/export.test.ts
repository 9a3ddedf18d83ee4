import assert from 'node:assert/strict';
import test from 'node:test';
import type { WireActionRecord } from '../../src/contract/cordon.ts';
import { all, client } from '../../src/sdk/index.ts';
import { succeeded } from '../kit/reply.ts';
import { startWorld, TENANT } from '../kit/world.ts';

const PATH = '/cordon/v1/machineactions';
const OLDEST_FIRST = '$orderby=creationDateTimeUtc%20asc';

interface Page {
  readonly value: readonly WireActionRecord[];
  readonly '@odata.nextLink'?: string;
}

test('every action comes with all that happened to it', async () => {
  await using world = await startWorld();
  const device = await world.device();
  const done = await world.restrict(device.machineId);
  const order = await device.next();
  await device.accept(order);
  await device.prove(order);
  world.time.step(1000);
  const pending = await world.unrestrict(device.machineId);
  const page = succeeded<Page>(await world.get(`${PATH}?${OLDEST_FIRST}`));
  assert.deepEqual(
    page.value.map(({ id, history }) => [id, history.map(({ status }) => status)]),
    [
      [done.id, ['Pending', 'InProgress', 'Succeeded']],
      [pending.id, ['Pending']],
    ],
  );
  const { history, ...action } = page.value[0]!;
  const { '@odata.context': _, ...asRead } = (await world.action(done.id)) as object as Record<
    string,
    unknown
  >;
  assert.deepEqual(action, asRead);
  assert.deepEqual(history, await world.history(done.id));
  assert.equal(page['@odata.nextLink'], undefined);
});

test('only who may read the audit gets it, and of other tenants nothing', async () => {
  await using world = await startWorld();
  const device = await world.device();
  await world.restrict(device.machineId);
  const reader = await world.application(['Cordon.Audit.Read.All']);
  assert.equal(succeeded<Page>(await world.get(PATH, reader)).value.length, 1);
  for (const permission of ['Machine.Read.All', 'Machine.RestrictExecution', 'Cordon.Manage.All'])
    assert.equal((await world.get(PATH, await world.application([permission]))).status, 403, permission);
  assert.equal((await world.call('GET', PATH, { token: null })).status, 401);
});

test('a user gets the actions of the machines that the user sees', async () => {
  await using world = await startWorld();
  const { groups } = world.server.services;
  for (const prefix of ['ws-', 'srv-'])
    await groups.create(TENANT, prefix, null, [
      { property: 'name', operator: 'startsWith', values: [prefix] },
    ]);
  await groups.assign(TENANT, 'ws-', 'auditor@cordon.test');
  await groups.assign(TENANT, 'srv-', 'somebody@cordon.test');
  const [seen, hidden] = [await world.device('ws-1.cordon.test'), await world.device('srv-1.cordon.test')];
  const action = await world.restrict(seen.machineId);
  await world.restrict(hidden.machineId);
  const user = await world.user('auditor@cordon.test', {
    permissions: ['Cordon.Audit.Read.All'],
    role: ['View data'],
  });
  const page = succeeded<Page>(await world.get(PATH, user));
  assert.deepEqual(
    page.value.map(({ id }) => id),
    [action.id],
  );
});

test('pages follow each other by key, and $top above one page is refused', async () => {
  await using world = await startWorld();
  const devices = await Promise.all(
    Array.from({ length: 501 }, (_, number) => world.device(`d-${number}.cordon.test`)),
  );
  for (const { machineId } of devices) await world.restrict(machineId);
  const first = succeeded<Page>(await world.get(`${PATH}?${OLDEST_FIRST}`));
  assert.equal(first.value.length, 500);
  const link = new URL(first['@odata.nextLink']!);
  const second = succeeded<Page>(await world.get(`${link.pathname}${link.search}`));
  assert.equal(second.value.length, 1);
  assert.equal(new Set([...first.value, ...second.value].map(({ id }) => id)).size, 501);
  const refusal = await world.get(`${PATH}?$top=501`);
  assert.equal(refusal.status, 400);
  assert.match(refusal.text, /ODataError/);
  const api = client({ url: world.url, credentials: { get: async () => world.full, drop: () => {} } });
  assert.equal((await all(api.records())).length, 501);
});
