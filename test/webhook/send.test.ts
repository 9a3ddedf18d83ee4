import assert from 'node:assert/strict';
import type { lookup } from 'node:dns';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createRaw, type Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { addressPolicy } from '../../src/webhook/addresses.ts';
import { createSend } from '../../src/webhook/send.ts';
import { atEnd } from '../kit/at-end.ts';

const LOOPBACK = addressPolicy([{ kind: 'range', address: '127.0.0.0', prefix: 8 }]);
const NAMED = addressPolicy([{ kind: 'host', host: 'inside.test', plain: true }]);
const NEVER = new AbortController().signal;
const post = (url: string) => ({ url, headers: { 'webhook-id': 'evt_1' }, body: '{"ü":1}' });

/** A look-up that answers as it is told, one answer per call. */
const resolving = (...answers: string[][]): typeof lookup =>
  ((_host: string, _options: object, callback: (error: Error | null, found: object[]) => void) => {
    const found = answers.length > 1 ? answers.shift()! : answers[0]!;
    callback(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  }) as unknown as typeof lookup;

async function served(context: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(context, () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
}

test('a message is posted whole, and the answer is its status', async (context) => {
  let seen: unknown;
  const url = await served(context, async (request, response) => {
    let body = '';
    for await (const part of request.setEncoding('utf8')) body += part;
    const { 'content-length': length, 'webhook-id': id } = request.headers;
    seen = [request.method, request.url, id, Number(length), body];
    response.writeHead(503, { 'retry-after': '7' }).end('come back');
  });
  const result = await createSend(LOOPBACK)(post(`${url}?a=1`), NEVER);
  assert.deepEqual(result, { status: 503, retryAfterSeconds: 7 });
  assert.deepEqual(seen, ['POST', '/hooks?a=1', 'evt_1', 8, '{"ü":1}']);
});

test('a redirect is an answer and is not followed', async (context) => {
  let followed = false;
  const url = await served(context, (request, response) => {
    followed ||= request.url === '/elsewhere';
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  assert.deepEqual(await createSend(LOOPBACK)(post(url), NEVER), { status: 307, retryAfterSeconds: null });
  assert.equal(followed, false);
});

test('a name that resolves to an address that is not permitted is never connected to', async (context) => {
  let calls = 0;
  const url = await served(context, (_request, response) => {
    calls += 1;
    response.end();
  });
  const named = url.replace('127.0.0.1', 'localhost');
  const closed = createSend(addressPolicy([]), resolving(['127.0.0.1', '::1']));
  assert.deepEqual(await closed(post(named), NEVER), { error: 'address' });
  assert.deepEqual(await closed(post(url), NEVER), { error: 'address' });
  assert.equal(calls, 0);
});

test('the address that is connected to is the one that was looked at, whatever the name means a moment later', async (context) => {
  const seen: string[] = [];
  const url = await served(context, (request, response) => {
    seen.push(request.headers.host ?? '');
    response.end();
  });
  const named = url.replace('127.0.0.1', 'inside.test');
  const [permitted, forbidden] = [['127.0.0.1'], ['169.254.169.254']];
  const policy = { ...LOOPBACK, refusal: () => null };
  const send = createSend(policy, resolving(permitted, forbidden));
  assert.deepEqual(await send(post(named), NEVER), { status: 200, retryAfterSeconds: null });
  assert.deepEqual(await send(post(named), NEVER), { error: 'address' });
  assert.equal(seen.length, 1);
  // Of several addresses only those permitted are tried.
  const mixed = createSend(policy, resolving(['10.0.0.1', '127.0.0.1']));
  assert.deepEqual(await mixed(post(named), NEVER), { status: 200, retryAfterSeconds: null });
  // A host that the operator named may be anywhere.
  const inside = createSend(NAMED, resolving(['127.0.0.1']));
  assert.deepEqual(await inside(post(named), NEVER), { status: 200, retryAfterSeconds: null });
});

test('a receiver that never answers is given up in time, one that does not end its answer has answered', async (context) => {
  const silent = await served(context, () => {});
  assert.deepEqual(await createSend(LOOPBACK, undefined, 50)(post(silent), NEVER), { error: 'timeout' });
  const endless = await served(context, (_request, response) => void response.writeHead(200).write('…'));
  const result = await createSend(LOOPBACK, undefined, 300)(post(endless), NEVER);
  assert.deepEqual(result, { status: 200, retryAfterSeconds: null });
});

test('an answer that is too long is cut off', async (context) => {
  let written = 0;
  const ended = Promise.withResolvers<void>();
  const url = await served(context, (_request, response) => {
    response.writeHead(200);
    const part = 'x'.repeat(16_384);
    const more = () => {
      while (!response.destroyed && response.write(part)) written += part.length;
    };
    response.on('drain', more).on('close', () => ended.resolve());
    more();
  });
  assert.deepEqual(await createSend(LOOPBACK)(post(url), NEVER), { status: 200, retryAfterSeconds: null });
  await ended.promise;
  assert.ok(written < 64 * 1024 * 1024, `${written} bytes were taken`);
});

test('every other failure has a name', async (context) => {
  const raw = async (answer: (socket: Socket) => void) => {
    const server = createRaw((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => answer(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    atEnd(context, () => server.close());
    return `127.0.0.1:${(server.address() as AddressInfo).port}/`;
  };
  const send = createSend(LOOPBACK);
  const reset = await raw((socket) => socket.destroy());
  assert.deepEqual(await send(post(`http://${reset}`), NEVER), { error: 'reset' });
  const babble = await raw((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
  assert.deepEqual(await send(post(`http://${babble}`), NEVER), { error: 'answer' });
  assert.deepEqual(await send(post(`https://${babble}`), NEVER), { error: 'certificate' });
  assert.deepEqual(await send(post('http://127.0.0.1:1/'), NEVER), { error: 'connection' });
  const unknown = ((_host: string, _options: object, callback: (error: Error) => void) =>
    callback(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))) as unknown as typeof lookup;
  const nowhere = createSend(NAMED, unknown);
  assert.deepEqual(await nowhere(post('http://inside.test/'), NEVER), { error: 'name' });
});

test('what is stopped from outside ends at once', async (context) => {
  const stop = new AbortController();
  const url = await served(context, () => stop.abort());
  assert.deepEqual(await createSend(LOOPBACK)(post(url), stop.signal), { error: 'timeout' });
});
