import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { COOKIE, signInByLink, signInByPassword } from '../../kit/console.ts';
import { changeOf, type ReadEvent, readEvents } from '../../kit/event-reader.ts';
import { refused } from '../../kit/reply.ts';
import { startWorld, TENANT, type World } from '../../kit/world.ts';

const ANA = 'ana@cordon.test';
const cookie = (browser: { cookie: string | null }): Record<string, string> => ({
  cookie: `${COOKIE}=${browser.cookie}`,
});
const named = (name: string) => (event: ReadEvent) => event.event === name;
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const listen = (world: World, headers = bearer(world.full)) => readEvents(world.url, headers);

describe('live changes', () => {
  test('say hello, and every transition of an action', async () => {
    await using world = await startWorld();
    const device = await world.device();
    await using events = await listen(world);
    assert.equal(events.status, 200);
    assert.equal(events.headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.equal(events.headers['cache-control'], 'no-store');
    await events.next(named('hello'));
    const action = await world.restrict(device.machineId);
    const pending = await events.next(changeOf(device.machineId, 'Pending'));
    assert.deepEqual(pending.data, { machineId: device.machineId, actionId: action.id, status: 'Pending' });
    await device.obey();
    await events.next(changeOf(device.machineId, 'InProgress'));
    await events.next(changeOf(device.machineId, 'Succeeded'));
    const release = await world.unrestrict(device.machineId);
    await world.cancel(release.id);
    await events.next(changeOf(device.machineId, 'Cancelled'));
  });

  test('end at once with the session that is signed out of, and go on in another one of the same person', async () => {
    await using world = await startWorld();
    await world.user(ANA, { role: ['View data'] });
    const leaving = await signInByPassword(world, ANA);
    const staying = await signInByPassword(world, ANA);
    await using ending = await listen(world, cookie(leaving));
    await using going = await listen(world, cookie(staying));
    for (const events of [ending, going]) await events.next(named('hello'));
    assert.equal((await leaving.call('DELETE', '/cordon/v1/session')).status, 204);
    assert.deepEqual((await ending.next(named('end'))).data, { reason: 'session' });
    const device = await world.device();
    await going.next(changeOf(device.machineId));
    assert.ok(!going.events.some(named('end')));
  });

  test('tell of new machines, tags, facts and silence', async () => {
    await using world = await startWorld();
    await using events = await listen(world);
    await events.next(named('hello'));
    const device = await world.device();
    await events.next(changeOf(device.machineId));
    events.events.length = 0;
    await world.call('POST', `/api/machines/${device.machineId}/tags`, {
      body: { Value: 'lab', Action: 'Add' },
    });
    await events.next(changeOf(device.machineId));
    await device.exchange();
    await world.until(async () => events.events.some(changeOf(device.machineId)));
    await world.until(async () => {
      const { value } = (await world.get('/cordon/v1/machinesummaries')).json<{
        value: { connected: boolean }[];
      }>();
      return value[0]?.connected === true;
    });
    events.events.length = 0;
    world.time.step(91_000);
    await events.next(changeOf(device.machineId));
    const { value } = (await world.get('/cordon/v1/machinesummaries')).json<{
      value: { connected: boolean }[];
    }>();
    assert.equal(value[0]?.connected, false);
  });

  test('are of machines that the listener sees: nothing of a hidden group, and a reload when groups move', async () => {
    await using world = await startWorld();
    await world.user(ANA, { role: ['View data'] });
    const { services } = world.server;
    const group = await services.groups.create(TENANT, 'servers', null, []);
    await services.groups.assign(TENANT, 'servers', 'bob@cordon.test');
    const hidden = await world.device('srv-1.cordon.test', { groupId: group.id });
    const seen = await world.device('ws-1.cordon.test');
    const browser = await signInByPassword(world, ANA);
    await using ana = await listen(world, cookie(browser));
    await using everything = await listen(world);
    await ana.next(named('hello'));
    const kept = await world.restrict(hidden.machineId);
    await world.restrict(seen.machineId);
    await ana.next(changeOf(seen.machineId, 'Pending'));
    await everything.next(changeOf(hidden.machineId, 'Pending'));
    assert.ok(!JSON.stringify(ana.events).includes(hidden.machineId));
    const summaries = (await browser.get('/cordon/v1/machinesummaries')).text;
    assert.ok(!summaries.includes(hidden.machineId) && summaries.includes(seen.machineId));
    await services.groups.assign(TENANT, 'servers', ANA);
    await ana.next(named('reload'));
    await world.cancel(kept.id);
    await ana.next(changeOf(hidden.machineId, 'Cancelled'));
  });

  test('need a caller who may read machines, and end when the session or the role does', async () => {
    await using world = await startWorld();
    await world.user(ANA, { role: ['View data'] });
    await world.user('nobody@cordon.test');
    refused(await world.call('GET', '/cordon/v1/events', { token: null }), 'Unauthorized');
    const nobody = await signInByPassword(world, 'nobody@cordon.test');
    refused(await nobody.get('/cordon/v1/events'), 'Forbidden', /View data/);
    const browser = await signInByPassword(world, ANA);
    await using stream = await listen(world, cookie(browser));
    await stream.next(named('hello'));
    const roles = await world.server.services.roles.list(TENANT);
    const role = roles.find(({ principals }) => principals.includes(ANA));
    await world.server.services.roles.unassign(TENANT, role?.id ?? '', ANA);
    assert.deepEqual((await stream.next(named('end'))).data, { reason: 'session' });
    await stream.ended;
  });

  test('end within a sign of life after signing out at another process', async (context) => {
    await using world = await startWorld();
    const other = await world.another();
    const browser = await signInByLink(world);
    context.mock.timers.enable({ apis: ['setInterval'] });
    await using stream = await readEvents(other.localUrl, cookie(browser));
    await stream.next(named('hello'));
    context.mock.timers.tick(15_000);
    await world.until(async () => stream.comments === 1);
    assert.equal((await browser.call('DELETE', '/cordon/v1/session')).status, 204);
    world.time.step(15_000);
    context.mock.timers.tick(15_000);
    context.mock.timers.reset();
    assert.deepEqual((await stream.next(named('end'))).data, { reason: 'session' });
    await stream.ended;
  });

  test('end at once when the server stops, which waits for none of them', async () => {
    await using world = await startWorld();
    const other = await world.another();
    const browser = await signInByLink(world);
    const streams = await Promise.all(
      Array.from({ length: 20 }, () => readEvents(other.localUrl, cookie(browser))),
    );
    await Promise.all(streams.map((stream) => stream.next(named('hello'))));
    const before = performance.now();
    await other.close();
    for (const stream of streams) {
      assert.deepEqual((await stream.next(named('end'))).data, { reason: 'stopping' });
      await stream.ended;
    }
    assert.ok(performance.now() - before < 5000);
  });

  test('answer HEAD without going on', async () => {
    await using world = await startWorld();
    const reply = await world.call('HEAD', '/cordon/v1/events');
    assert.deepEqual([reply.status, reply.text], [200, '']);
  });
});
