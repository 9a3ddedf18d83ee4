/** When the store fails: the inside stays inside, nothing is half done, and the server goes on. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { CordonError } from '../../src/domain/error.ts';
import { refused, succeeded } from '../kit/reply.ts';
import { startWorld } from '../kit/world.ts';

const INSIDE =
  'SQLite 1: no such column: requestor_comment in select * from machine_action at /srv/secret/cordon.db';

test('a fault of the store is a 500 without its inside; the log has it with the correlation id', async () => {
  await using world = await startWorld({ expectsFaults: true });
  const device = await world.device();
  const action = await world.restrict(device.machineId);
  const body = { Comment: 'x' };
  const calls = [
    ['actions', () => world.get('/api/machineactions')],
    ['action', () => world.get(`/api/machineactions/${action.id}`)],
    ['machines', () => world.get('/api/machines')],
    ['machine', () => world.get(`/api/machines/${device.machineId}`)],
    ['machinesByTag', () => world.get('/api/machines/findbytag?tag=a')],
    ['advanceAction', () => world.call('POST', `/api/machineactions/${action.id}/cancel`, { body })],
    ['actionEvents', () => world.get(`/cordon/v1/machineactions/${action.id}/history`)],
    [
      'changeTag',
      () =>
        world.call('POST', `/api/machines/${device.machineId}/tags`, { body: { Value: 'a', Action: 'Add' } }),
    ],
    [
      'requestAction',
      () => world.call('POST', `/api/machines/${device.machineId}/unrestrictCodeExecution`, { body }),
    ],
  ] as const;
  for (const [method, call] of calls) {
    world.faults.fail(method, new Error(INSIDE));
    const reply = await call();
    refused(reply, 'InternalServerError', 'An internal error occurred; try again.');
    assert.ok(!reply.text.includes('secret') && !reply.text.includes('requestor_comment'));
    const { target } = reply.json<{ error: { target: string } }>().error;
    const line = world.logged.find(({ correlation, level }) => correlation === target && level === 50);
    assert.ok(JSON.stringify(line).includes('no such column'), 'the log tells what the caller is not told');
    world.faults.heal();
    assert.ok((await call()).status < 500, method);
  }
});

test('a store that cannot now is 503 with Retry-After', async () => {
  await using world = await startWorld({ expectsFaults: true });
  const device = await world.device();
  const path = `/api/machines/${device.machineId}/restrictCodeExecution`;
  const cause = new Error('SQLite 13: database or disk is full');
  const full = new CordonError('ServiceUnavailable', 'The store cannot do this at the moment.', {
    cause,
    retryAfter: 2,
  });
  world.faults.fail('requestAction', full);
  const reply = await world.call('POST', path, { body: { Comment: 'x' } });
  refused(reply, 'ServiceUnavailable', 'The store cannot do this at the moment.');
  assert.equal(reply.headers.get('retry-after'), '2');
  world.faults.heal();
  assert.deepEqual(await world.store.controls(device.tenantId, device.machineId), []);
  succeeded(await world.call('POST', path, { body: { Comment: 'x' } }), 201);
});

test('a device keeps a report that the store could not take, and it counts when it comes again', async () => {
  await using world = await startWorld({ expectsFaults: true });
  const device = await world.device();
  const action = await world.restrict(device.machineId);
  const order = await device.next();
  await device.accept(order);
  world.faults.fail('advanceAction', new Error(INSIDE));
  const proof = device.report('outcome', order, {
    observed: 'restricted',
    proven: true,
    evidence: {
      driver: 'simulated',
      driverVersion: null,
      took: {},
      notes: [],
      checks: [{ name: 'a', expected: 'b', observed: 'b', passed: true }],
    },
  });
  const lost = await device.exchange({ reports: [proof] });
  assert.equal(lost.status, 500);
  assert.ok(!JSON.stringify(lost.error).includes('column'));
  assert.equal((await world.action(action.id)).status, 'InProgress');
  world.faults.heal();
  const { answer } = await device.exchange({ reports: [proof] });
  assert.equal(answer?.received, proof.sequence);
  assert.equal((await world.action(action.id)).status, 'Succeeded');
});

test('a report that was taken while the answer was lost does not count twice', async () => {
  await using world = await startWorld({ expectsFaults: true });
  const device = await world.device();
  const action = await world.restrict(device.machineId);
  const order = await device.next();
  world.faults.fail('received', new Error('gone'));
  const accepted = device.report('accepted', order);
  assert.equal((await device.exchange({ reports: [accepted] })).status, 500);
  world.faults.heal();
  await device.exchange({ reports: [accepted] });
  assert.deepEqual(
    (await world.history(action.id)).map(({ status }) => status),
    ['Pending', 'InProgress'],
  );
});

test('a store that fails while a token is checked is no 401', async () => {
  await using world = await startWorld({ expectsFaults: true });
  const fresh = await world.application(['Machine.Read.All']);
  world.time.step(60_000);
  world.faults.fail('application', new Error(INSIDE));
  refused(await world.get('/api/machines', fresh), 'InternalServerError');
  world.faults.heal();
  succeeded(await world.get('/api/machines', fresh));
});

test('the sweep goes on after a fault', async () => {
  await using world = await startWorld({
    expectsFaults: true,
    timeouts: () => ({ pending: 1000, progress: 1000 }),
  });
  const device = await world.device();
  const action = await world.restrict(device.machineId);
  world.faults.fail('overdueActions', new Error(INSIDE));
  world.time.step(1001);
  await world.until(async () =>
    world.logged.some(({ msg }) => msg === 'the sweep failed and is tried again'),
  );
  assert.equal((await world.action(action.id)).status, 'Pending');
  world.faults.heal();
  await world.until(async () => (await world.action(action.id)).status === 'TimeOut');
});

test('readiness tells a failing store, health does not', async () => {
  await using world = await startWorld({ expectsFaults: true });
  const look = async (path: string) => (await fetch(`${world.url}${path}`)).status;
  assert.deepEqual([await look('/healthz'), await look('/readyz')], [200, 200]);
  world.faults.fail(
    'ready',
    new CordonError('ServiceUnavailable', 'The store does not answer.', { retryAfter: 5 }),
  );
  assert.deepEqual([await look('/healthz'), await look('/readyz')], [200, 503]);
});

test('the log names callers and ids of what happened, and never the comment', async () => {
  await using world = await startWorld();
  world.keepSecret('the comment of this very test');
  world.keepSecret('the reason to cancel');
  const device = await world.device();
  const action = await world.restrict(device.machineId, 'the comment of this very test');
  const order = await device.next();
  await device.accept(order);
  await device.prove(order);
  const second = await world.unrestrict(device.machineId, 'the comment of this very test');
  await world.cancel(second.id, 'the reason to cancel');
  const messages = world.logged
    .filter((line) => line.action !== undefined)
    .map((line) => [line.msg, line.action]);
  assert.deepEqual(messages, [
    ['action requested', action.id],
    ['action advanced', action.id],
    ['action advanced', action.id],
    ['action requested', second.id],
    ['action cancelled', second.id],
  ]);
});
