import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import test, { type TestContext } from 'node:test';
import { EMULATOR } from '../../src/contract/well-known.ts';
import { all, ClientError, type ClientOptions, client } from '../../src/sdk/index.ts';
import { type ApiServer, wireError } from '../kit/api-server.ts';
import { refusal, startWorld } from './world.ts';

/** As programs of the house make a client. */
async function world(context: TestContext, options: Partial<ClientOptions> = {}) {
  const { cordon: service, ...rest } = await startWorld(context, options);
  return { service, ...rest };
}

const tokenCalls = (api: ApiServer) => api.calls.filter(({ path }) => path.endsWith('/token'));

test('one token serves every call until shortly before its end, also calls that start together', async (context) => {
  const { api, service, forward } = await world(context);
  await Promise.all(
    [service.machine('1'.repeat(40)), all(service.machines()), all(service.actions())].map(settled),
  );
  assert.equal(tokenCalls(api).length, 1);
  assert.equal(tokenCalls(api)[0]!.path, `/${EMULATOR.tenant}/oauth2/v2.0/token`);
  forward(3_500_000);
  await all(service.machines());
  assert.equal(tokenCalls(api).length, 1);
  forward(60_000);
  await all(service.machines());
  assert.equal(tokenCalls(api).length, 2);
});

const settled = (promise: Promise<unknown>) => promise.catch(() => null);

test('a refused token is replaced once, and a second refusal is told', async (context) => {
  const { api, service } = await world(context);
  await all(service.machines());
  api.tokens = ['token-2'];
  assert.equal((await all(service.machines())).length, 3);
  assert.equal(tokenCalls(api).length, 2);
  api.force('GET /api/machines', { status: 401, body: wireError('Unauthorized', 'no') });
  api.force('GET /api/machines', { status: 401, body: wireError('Unauthorized', 'no') });
  await assert.rejects(all(service.machines()), refusal('Unauthorized'));
});

test('a wrong secret is told with the token endpoint’s words, and not the secret', async (context) => {
  const credentials = { tenant: EMULATOR.tenant, clientId: EMULATOR.clientId, clientSecret: 'not-it' };
  const { service } = await world(context, { credentials });
  await assert.rejects(all(service.machines()), (error) => {
    assert.ok(error instanceof ClientError);
    assert.equal(error.code, 'invalid_client');
    assert.equal(error.step, 'token');
    assert.equal(error.status, 401);
    assert.match(error.message, /^AADSTS7000215/);
    assert.doesNotMatch(JSON.stringify(error) + error.stack, /not-it/);
    return true;
  });
});

test('an action is asked for with its comment, correlation id and key, in the wire’s words', async (context) => {
  const { api, service } = await world(context);
  const action = await service.restrict('1'.repeat(40), {
    comment: 'why',
    externalId: 't-1',
    idempotencyKey: 'k',
  });
  assert.equal(action.status, 'Pending');
  const call = api.calls.at(-1)!;
  assert.equal(call.path, `/api/machines/${'1'.repeat(40)}/restrictCodeExecution`);
  assert.deepEqual(call.body, { Comment: 'why', ExternalId: 't-1' });
  assert.equal(call.headers['idempotency-key'], 'k');
  await service.unrestrict('1'.repeat(40), { comment: 'again' });
  assert.deepEqual(api.calls.at(-1)!.body, { Comment: 'again' });
  assert.match(String(api.calls.at(-1)!.headers['idempotency-key']), /^[0-9a-f]{32}$/);
});

test('429 and 503 are tried again after the time the service asks for', async (context) => {
  const { api, service, pauses } = await world(context);
  api.force('POST /api/machines', {
    status: 429,
    body: wireError('429', 'quota'),
    headers: { 'retry-after': '7' },
  });
  api.force('POST /api/machines', { status: 503, body: wireError('ServiceUnavailable', 'busy') });
  const action = await service.restrict('1'.repeat(40), { comment: 'why' });
  assert.equal(action.status, 'Pending');
  assert.deepEqual(pauses, [7000, 400]);
});

test('a pause longer than a person waits is told instead of taken', async (context) => {
  const { api, service, pauses } = await world(context);
  api.force('GET /api/machines', {
    status: 429,
    body: wireError('429', 'quota'),
    headers: { 'retry-after': '900' },
  });
  await assert.rejects(all(service.machines()), (error) => {
    assert.ok(error instanceof ClientError);
    assert.equal(error.retryAfter, 900);
    return true;
  });
  assert.deepEqual(pauses, []);
});

test('a refusal is not repeated', async (context) => {
  const { api, service } = await world(context);
  api.force('POST /api/machines', {
    status: 400,
    body: wireError('ActiveRequestAlreadyExists', 'Action is already in progress'),
  });
  await assert.rejects(service.restrict('1'.repeat(40), { comment: 'why' }), (error) => {
    assert.ok(error instanceof ClientError);
    assert.deepEqual(
      [error.code, error.message, error.status, error.target],
      ['ActiveRequestAlreadyExists', 'Action is already in progress', 400, '|b1838e63-40a6640ddd2719ac.'],
    );
    return true;
  });
  assert.equal(
    api.calls.filter(({ method, path }) => method === 'POST' && path.startsWith('/api')).length,
    1,
  );
});

test('a collection is read page after page, and the token follows no link to another host', async (context) => {
  const { api, service } = await world(context);
  api.pageSize = 2;
  const names = (await all(service.machines({ filter: 'true' }))).map(
    ({ computerDnsName }) => computerDnsName,
  );
  assert.deepEqual(names, ['ws-001.cordon.test', 'ws-002.cordon.test', 'ws-003.cordon.test']);
  const pages = api.calls.filter(({ path }) => path === '/api/machines');
  assert.deepEqual(
    pages.map(({ query }) => [query.get('$filter'), query.get('$skiptoken')]),
    [
      ['true', null],
      ['true', '2'],
    ],
  );
});

test('a list that is cut ends there, and asks for no more', async (context) => {
  const { api, service } = await world(context);
  assert.equal((await all(service.machines({ top: 2 }))).length, 2);
  assert.equal(api.calls.filter(({ path }) => path === '/api/machines').length, 1);
  assert.equal(api.calls.at(-1)!.query.get('$top'), '2');
  assert.equal((await all(service.machines({ top: 0 }))).length, 0);
});

test('a full page without a link is followed by $skip, as the vendor’s service needs it', async (context) => {
  const { api, service } = await world(context);
  const machine = { id: 'x' };
  api.force('GET /api/machines', {
    status: 200,
    body: { value: Array.from({ length: 10_000 }, () => machine) },
  });
  api.force('GET /api/machines', { status: 200, body: { value: [machine] } });
  assert.equal((await all(service.machines())).length, 10_001);
  assert.equal(api.calls.at(-1)!.query.get('$skip'), '10000');
});

test('waiting tells each change once and ends with the final action', async (context) => {
  const { api, service, pauses } = await world(context);
  api.path = ['InProgress', 'Failed'];
  const action = await service.restrict('1'.repeat(40), { comment: 'why' });
  const seen: string[] = [];
  const ended = await service.waitFor(action, { onChange: ({ status }) => void seen.push(status) });
  assert.equal(ended.status, 'Failed');
  assert.deepEqual(seen, ['Pending', 'InProgress', 'Failed']);
  assert.deepEqual(pauses, [50, 75]);
});

test('waiting tells the status that the request was answered with, also when the first read finds a later one', async (context) => {
  const { api, service } = await world(context);
  api.path = ['InProgress', 'Succeeded'];
  const action = await service.restrict('1'.repeat(40), { comment: 'why' });
  await service.action(action.id);
  const [seen, seenById]: string[][] = [[], []];
  await service.waitFor(action, { onChange: ({ status }) => void seen!.push(status) });
  assert.deepEqual(seen, ['Pending', 'InProgress', 'Succeeded']);
  await service.waitFor(action.id, { onChange: ({ status }) => void seenById!.push(status) });
  assert.deepEqual(seenById, ['Succeeded'], 'of an id alone nothing is known before');
});

test('pauses grow to two seconds and a wait of its own length ends as StillActive', async (context) => {
  const { api, service, pauses } = await world(context);
  api.path = [];
  const action = await service.restrict('1'.repeat(40), { comment: 'why' });
  await assert.rejects(service.waitFor(action, { timeout: 20_000 }), refusal('StillActive'));
  assert.equal(Math.max(...pauses), 2000);
  assert.equal(
    pauses.reduce((sum, pause) => sum + pause, 0),
    20_000,
  );
});

test('an aborted wait rejects with the reason of the signal', async (context) => {
  const { api, service } = await world(context);
  api.path = [];
  const action = await service.restrict('1'.repeat(40), { comment: 'why' });
  const controller = new AbortController();
  const waiting = service.waitFor(action.id, {
    signal: controller.signal,
    onChange: () => controller.abort(new Error('enough')),
  });
  await assert.rejects(waiting, /enough/);
});

test('where nothing listens the error says the address', async () => {
  const port = await freePort();
  const service = client({
    url: `http://127.0.0.1:${port}/`,
    credentials: { get: async () => 'token', drop: () => {} },
  });
  await assert.rejects(all(service.machines()), (error) => {
    assert.ok(error instanceof ClientError);
    assert.equal(error.code, 'Unreachable');
    assert.match(error.message, new RegExp(`127.0.0.1:${port}.*ECONNREFUSED`));
    return true;
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

test('an answer that is not the API’s is told as such', async (context) => {
  const { api, service } = await world(context);
  api.force('GET /api/machines', { status: 200, body: '<html>', headers: { 'content-type': 'text/html' } });
  await assert.rejects(all(service.machines()), refusal('UnexpectedAnswer'));
  api.force('GET /api/machines', { status: 502, body: '<html>' });
  await assert.rejects(all(service.machines()), refusal('UnexpectedAnswer'));
  api.force('GET /api/machines', { status: 308, headers: { location: 'https://elsewhere.example.test/' } });
  await assert.rejects(all(service.machines()), /redirects to https:\/\/elsewhere/);
});

test('a restriction that ends by itself goes to Cordon’s own address, and tells when it ends', async (context) => {
  const { api, service } = await world(context);
  const request = { comment: 'why', releaseAfter: 'PT4H', idempotencyKey: 'key' };
  const action = await service.restrictFor('1'.repeat(40), request);
  assert.deepEqual(
    [action.type, action.releaseAt],
    ['RestrictCodeExecution', '2026-03-02T13:15:20.3312801Z'],
  );
  const call = api.calls.at(-1)!;
  assert.deepEqual(call.body, { Comment: 'why', ReleaseAfter: 'PT4H' });
  assert.equal(call.headers['idempotency-key'], 'key');
  assert.equal((await service.actionState(action.id)).releaseStands, true);
});

test('a service without timed release says so, and asks nothing of the machine', async (context) => {
  const { api, service } = await world(context);
  api.vendorOnly = true;
  const asking = service.restrictFor('1'.repeat(40), { comment: 'why', releaseAfter: 'PT4H' });
  await assert.rejects(asking, refusal('NoTimedRelease'));
  api.force('POST /cordon/v1', { status: 404, body: 'nothing here' });
  const again = service.restrictFor('1'.repeat(40), { comment: 'why', releaseAfter: 'PT4H' });
  await assert.rejects(again, refusal('NoTimedRelease'), 'whatever form the answer has');
  api.vendorOnly = false;
  const unknown = service.restrictFor('nobody', { comment: 'why', releaseAfter: 'PT4H' });
  await assert.rejects(unknown, refusal('ResourceNotFound'), 'a machine that is not there is another matter');
  assert.equal(api.actions.size, 0);
});
