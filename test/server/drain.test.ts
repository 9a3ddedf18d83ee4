import assert from 'node:assert/strict';
import test from 'node:test';
import fastify, { type FastifyInstance } from 'fastify';
import { drain, stop } from '../../src/server/drain.ts';
import { createHints, type Hints } from '../../src/service/hints.ts';

const never = new AbortController().signal;

/** A server whose calls wait for a hint, as devices do. */
async function waitingServer(calls: number): Promise<{
  app: FastifyInstance;
  hints: Hints;
  call: () => Promise<Response>;
  answers: readonly Promise<Response>[];
}> {
  const hints = createHints();
  const app = fastify({ forceCloseConnections: 'idle' });
  let arrived = () => {};
  app.get('/', async () => {
    const listening = hints.listen('device');
    arrived();
    await listening.news(50_000, never);
    listening.close();
    return app.server.listening;
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const all = new Promise<void>((resolve) => {
    arrived = () => {
      if (hints.waiting() === calls) resolve();
    };
  });
  const call = () => fetch(url);
  const answers = Array.from({ length: calls }, call);
  await all;
  return { app, hints, call, answers };
}

test('devices that wait when a server stops are answered, all of them, after it has stopped listening', async () => {
  const { app, hints, call, answers } = await waitingServer(20);
  await drain(app, hints, 0);
  assert.equal(hints.waiting(), 20, 'without a pause nobody is sent on while they could come back');
  await stop(app, hints);
  for (const answer of await Promise.all(answers))
    assert.deepEqual([answer.status, await answer.text()], [200, 'false']);
  await assert.rejects(call());
});

test('a server that drains sends the devices that wait on, and answers those that come meanwhile', async () => {
  const { app, hints, call, answers } = await waitingServer(20);
  const drained = drain(app, hints, 200);
  for (const answer of await Promise.all(answers)) assert.equal(await answer.text(), 'true');
  const late = call();
  await drained;
  await stop(app, hints);
  assert.equal((await late).status, 200);
});
