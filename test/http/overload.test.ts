/** What is under way is bounded before it takes memory. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import test, { type TestContext } from 'node:test';
import fastify from 'fastify';
import type { CordonError } from '../../src/domain/error.ts';
import { chargeAnswer, createUnderWay, type Limits, type Pool } from '../../src/http/load/under-way.ts';
import { watchCalls } from '../../src/http/load/watch.ts';
import { atEnd } from '../kit/at-end.ts';

const ROOM: Readonly<Record<Pool, Limits>> = {
  callers: { calls: 2, bytes: 64 * 1024 },
  strangers: { calls: 10, bytes: 8 * 1024 },
};

/** An application with an operation and a stranger's address, whose answers the test lets go. */
async function startApp(context: TestContext) {
  const ended: [operation: string, status: number][] = [];
  const refused: Pool[] = [];
  const underWay = createUnderWay({
    monotonic: () => performance.now(),
    meter: {
      ended: (operation, status) => void ended.push([operation, status]),
      overloaded: (pool) => void refused.push(pool),
    },
    limits: ROOM,
  });
  const app = fastify({ forceCloseConnections: true });
  watchCalls(app, underWay);
  app.setErrorHandler((error: CordonError, _request, reply) =>
    reply.status(error.status).header('retry-after', String(error.retryAfter)).send(error.message),
  );
  let arrived = Promise.withResolvers<void>();
  let gate = Promise.withResolvers<void>();
  app.get('/operation', { config: { operation: 'listMachines' } }, async () => {
    arrived.resolve();
    await gate.promise;
    return 'done';
  });
  app.get('/large', { config: { operation: 'listMachines' } }, async (_request, reply) => {
    chargeAnswer(reply.raw, 63 * 1024);
    arrived.resolve();
    await gate.promise;
    return 'large';
  });
  app.get('/late', { config: { operation: 'listMachines' } }, async (_request, reply) => {
    arrived.resolve();
    await gate.promise;
    chargeAnswer(reply.raw, 60 * 1024);
    return 'late';
  });
  app.post('/:tenant/oauth2/v2.0/token', { bodyLimit: 6 * 1024 }, async () => 'token');
  app.get('/healthz', async () => 'ok');
  await app.listen({ host: '127.0.0.1', port: 0 });
  atEnd(context, () => app.close());
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    underWay,
    ended,
    refused,
    /** Resolves when the next call of an operation has come to its handler. */
    next: () => {
      arrived = Promise.withResolvers();
      return arrived.promise;
    },
    letGo: () => {
      gate.resolve();
      gate = Promise.withResolvers();
    },
    async settled(): Promise<void> {
      const end = performance.now() + 10_000;
      const { callers, strangers } = underWay.present();
      while (callers.calls + callers.bytes + strangers.calls + strangers.bytes > 0) {
        assert.ok(performance.now() < end, JSON.stringify(underWay.present()));
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

/** Holds a call without waiting for its answer. */
async function held(world: Awaited<ReturnType<typeof startApp>>, path: string) {
  const arrival = world.next();
  const answer = fetch(`${world.url}${path}`);
  await arrival;
  return { answer };
}

test('calls beyond the limit get 503 with Retry-After, and the next one after an end is taken', async (context) => {
  const world = await startApp(context);
  const [one, two] = [await held(world, '/operation'), await held(world, '/operation')];
  const third = await fetch(`${world.url}/operation`);
  assert.deepEqual([third.status, third.headers.get('retry-after')], [503, '1']);
  assert.equal((await fetch(`${world.url}/healthz`)).status, 200, 'whether it lives is told at any load');
  assert.deepEqual(world.refused, ['callers']);
  world.letGo();
  assert.deepEqual([(await one.answer).status, (await two.answer).status], [200, 200]);
  await world.settled();
  const { answer } = await held(world, '/operation');
  world.letGo();
  assert.equal((await answer).status, 200);
  await world.settled();
  assert.deepEqual(
    world.ended.filter(([operation]) => operation === 'listMachines').map(([, status]) => status),
    [503, 200, 200, 200],
  );
});

test('bodies that strangers announce are bounded before they are read, and callers are not crowded out', async (context) => {
  const world = await startApp(context);
  const announce = () => {
    const sent = request(`${world.url}/t/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', 'content-length': 6000 },
    });
    sent.on('error', () => {});
    sent.flushHeaders();
    return sent;
  };
  const first = announce();
  while (world.underWay.present().strangers.calls === 0)
    await new Promise((resolve) => setImmediate(resolve));
  const second = announce();
  const [refusal] = (await once(second, 'response')) as [{ statusCode: number; headers: object }];
  assert.equal(refusal.statusCode, 503);
  const { answer } = await held(world, '/operation');
  world.letGo();
  assert.equal((await answer).status, 200);
  first.destroy();
  second.destroy();
  await world.settled();
});

test('a body of unknown length counts as the largest that is read', async (context) => {
  const world = await startApp(context);
  const sent = request(`${world.url}/t/oauth2/v2.0/token`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', 'transfer-encoding': 'chunked' },
  });
  sent.on('error', () => {});
  sent.flushHeaders();
  while (world.underWay.present().strangers.calls === 0)
    await new Promise((resolve) => setImmediate(resolve));
  assert.equal(world.underWay.present().strangers.bytes, 6 * 1024 + 1024);
  sent.destroy();
  await world.settled();
});

test('an answer counts until it is sent', async (context) => {
  const world = await startApp(context);
  const { answer } = await held(world, '/large');
  assert.equal(world.underWay.present().callers.bytes, 64 * 1024);
  assert.equal((await fetch(`${world.url}/operation`)).status, 503);
  world.letGo();
  assert.equal((await answer).status, 200);
  await world.settled();
});

test('an answer to who has hung up is not charged', async (context) => {
  const world = await startApp(context);
  const arrival = world.next();
  const socket = connect(world.port, '127.0.0.1');
  socket.write('GET /late HTTP/1.1\r\nHost: x\r\n\r\n');
  await arrival;
  socket.destroy();
  await world.settled();
  world.letGo();
  const { answer } = await held(world, '/operation');
  world.letGo();
  await answer;
  await world.settled();
});

test('a connection that ends takes all its calls along, also those that wait behind another', async (context) => {
  const world = await startApp(context);
  const arrival = world.next();
  const socket = connect(world.port, '127.0.0.1');
  socket.write('GET /operation HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2));
  await arrival;
  while (world.underWay.present().callers.calls < 2) await new Promise((resolve) => setImmediate(resolve));
  socket.destroy();
  await world.settled();
  world.letGo();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(world.underWay.present().callers, { calls: 0, bytes: 0 });
  assert.deepEqual(world.ended[0], ['listMachines', 499]);
});
