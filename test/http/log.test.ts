import assert from 'node:assert/strict';
import test from 'node:test';
import { CordonError } from '../../src/domain/error.ts';
import { succeeded } from '../kit/reply.ts';
import { startWorld, type World } from '../kit/world.ts';

const lines = (world: World, message: string) => world.logged.filter(({ msg }) => msg === message);

test('what is asked of a machine is logged with the id of the call, and never the comment', async () => {
  await using world = await startWorld();
  world.keepSecret('why it was asked');
  const device = await world.device();
  const action = await world.restrict(device.machineId, 'why it was asked');
  await world.cancel(action.id, 'why it was asked');
  for (const message of ['action requested', 'action cancelled']) {
    const [line] = lines(world, message);
    assert.match(String(line?.correlation), /^\|[0-9a-f]{8}-[0-9a-f]{16}\.$/, message);
    assert.equal(line?.action, action.id);
  }
});

test('every change of an administrator is logged with who made it, and never a secret', async () => {
  await using world = await startWorld();
  const { id, secret } = succeeded<{ id: string; secret: string }>(
    await world.call('POST', '/cordon/v1/applications', { body: { displayName: 'new', permissions: [] } }),
    201,
  );
  world.keepSecret(secret);
  await world.call('PATCH', `/cordon/v1/applications/${id}`, { body: { permissions: ['Machine.Read.All'] } });
  await world.call('DELETE', `/cordon/v1/applications/${id}`);
  const { token, id: tokenId } = succeeded<{ token: string; id: string }>(
    await world.call('POST', '/cordon/v1/enrolmenttokens', { body: {} }),
    201,
  );
  world.keepSecret(token);
  const changes = lines(world, 'change made');
  assert.deepEqual(
    changes.map(({ operation, of, made }) => [operation, of, made]),
    [
      ['createApplication', undefined, id],
      ['changeApplication', { id }, undefined],
      ['revokeApplication', { id }, undefined],
      ['createEnrolmentToken', undefined, tokenId],
    ],
  );
  assert.ok(changes.every(({ requestor }) => /^application:/.test(String(requestor))));
});

test('a change that was refused is no change, and reading is none', async () => {
  await using world = await startWorld();
  await world.call('DELETE', '/cordon/v1/applications/nobody');
  await world.get('/cordon/v1/applications');
  assert.deepEqual(lines(world, 'change made'), []);
});

test('what a store that is away refuses is logged with its cause in words, and without a stack', async () => {
  await using world = await startWorld({ expectsFaults: true });
  const cause = new CordonError('ServiceUnavailable', 'Not now.', {
    cause: new Error('refused by the disk'),
  });
  const away = new CordonError('ServiceUnavailable', 'The database cannot be reached.', {
    cause,
    retryAfter: 2,
  });
  world.faults.fail('machines', away);
  const reply = await world.get('/api/machines');
  assert.equal(reply.status, 503);
  const [line] = lines(world, 'call failed');
  assert.equal(line?.level, 50);
  assert.equal(line?.why, 'The database cannot be reached. Not now. refused by the disk');
  assert.doesNotMatch(JSON.stringify(line), /\.ts:\d/);
});
