import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { describe, type TestContext } from 'node:test';
import { createTransport, LARGEST_ANSWER, parseServerUrl } from '../../src/agent/transport.ts';
import { atEnd } from '../kit/at-end.ts';
import { temporaryDirectory } from './kit.ts';

const NEVER = new AbortController().signal;
const CALL = { path: '/x', contentType: 'application/jose', body: 'é', timeout: 5000, signal: NEVER };

async function listening(context: TestContext, listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(context, () => {
    server.closeAllConnections();
    server.close();
  });
  return { server, serverUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('the transport', () => {
  test('posts the body and reads status, media type, Retry-After and text', async (context) => {
    const seen: string[] = [];
    const { serverUrl } = await listening(context, async (request, response) => {
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += chunk;
      seen.push(`${request.method} ${request.url} ${request.headers['content-type']} ${body}`);
      response
        .writeHead(429, { 'content-type': 'Application/JSON; charset=utf-8', 'retry-after': '7' })
        .end('ü');
    });
    const transport = createTransport({ serverUrl: `${serverUrl}/base` });
    assert.deepEqual(await transport.post(CALL), {
      status: 429,
      contentType: 'application/json',
      retryAfterSeconds: 7,
      body: 'ü',
    });
    assert.deepEqual(seen, ['POST /base/x application/jose é']);
    transport.close();
  });

  test('keeps one connection', async (context) => {
    const ports = new Set<number | undefined>();
    const { serverUrl } = await listening(context, (request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    });
    const transport = createTransport({ serverUrl });
    for (let count = 0; count < 5; count += 1) await transport.post(CALL);
    assert.equal(ports.size, 1);
    transport.close();
  });

  test('believes no Retry-After that is no number of seconds, and none beyond an hour', async (context) => {
    const values = ['Wed, 21 Oct 2026 07:28:00 GMT', '-5', '1e9', '99999999'];
    const { serverUrl } = await listening(context, (_request, response) => {
      response.writeHead(503, { 'retry-after': values.shift() ?? '' }).end();
    });
    const transport = createTransport({ serverUrl });
    const read = [];
    for (let count = 0; count < 4; count += 1) read.push((await transport.post(CALL)).retryAfterSeconds);
    assert.deepEqual(read, [null, null, null, 3600]);
    transport.close();
  });

  test('follows no redirect', async (context) => {
    const { serverUrl } = await listening(context, (_request, response) => {
      response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end();
    });
    const transport = createTransport({ serverUrl });
    assert.equal((await transport.post(CALL)).status, 307);
    transport.close();
  });

  const UNREACHABLE: readonly [name: string, listener: RequestListener, message: RegExp, changes?: object][] =
    [
      [
        'an answer without end',
        (_request, response) => void endless(response),
        new RegExp(`larger than ${LARGEST_ANSWER}`),
      ],
      [
        'an answer that breaks off',
        (_request, response) => {
          response.writeHead(200, { 'content-length': 100 }).write('half');
          setImmediate(() => response.destroy());
        },
        /gave no answer/,
      ],
      ['a server that is silent', () => undefined, /time-out/, { timeout: 30 }],
      ['a call that was given up', () => undefined, /abort/, { signal: AbortSignal.timeout(30) }],
    ];
  for (const [name, listener, message, changes] of UNREACHABLE) {
    test(`gives up on ${name}`, async (context) => {
      const { serverUrl } = await listening(context, listener);
      const transport = createTransport({ serverUrl });
      await assert.rejects(transport.post({ ...CALL, ...changes }), { code: 'unreachable', message });
      transport.close();
    });
  }

  test('gives up on a server that is not there', async () => {
    const transport = createTransport({ serverUrl: 'http://127.0.0.1:1' });
    await assert.rejects(transport.post(CALL), { code: 'unreachable', message: /ECONNREFUSED/ });
    transport.close();
  });

  test('gives up on an answer that drips, so that nobody holds an order back for long', async (context) => {
    const dripping: NodeJS.Timeout[] = [];
    atEnd(context, () => dripping.forEach(clearInterval));
    const { serverUrl } = await listening(context, (_request, response) => {
      response.writeHead(200);
      dripping.push(setInterval(() => response.write('a'), 5));
    });
    const transport = createTransport({ serverUrl });
    await assert.rejects(transport.post({ ...CALL, timeout: 100 }), { code: 'unreachable' });
    transport.close();
  });

  test('uses a proxy for other hosts and none for this one', async (context) => {
    const asked: string[] = [];
    const { serverUrl } = await listening(context, (request, response) => {
      asked.push(request.url ?? '');
      response.end('through the proxy');
    });
    const proxyEnvironment = { HTTP_PROXY: serverUrl };
    const remote = createTransport({
      serverUrl: 'http://cordon.invalid',
      insecureHttp: true,
      proxyEnvironment,
    });
    assert.equal((await remote.post(CALL)).body, 'through the proxy');
    assert.deepEqual(asked, ['http://cordon.invalid/x']);
    remote.close();
    const local = createTransport({ serverUrl: 'http://127.0.0.1:1', proxyEnvironment });
    await assert.rejects(local.post(CALL), /ECONNREFUSED/);
    local.close();
  });

  test('believes a certificate only when it is told to', async (context) => {
    const directory = await temporaryDirectory(context);
    const files = { key: join(directory, 'key.pem'), cert: join(directory, 'cert.pem') };
    try {
      execFileSync(
        'openssl',
        `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout ${files.key} -out ${files.cert}`.split(
          ' ',
        ),
        { stdio: 'ignore' },
      );
    } catch {
      return context.skip('openssl is not here');
    }
    const [key, cert] = [readFileSync(files.key), readFileSync(files.cert, 'utf8')];
    const server = createSecureServer({ key, cert }, (_request, response) => response.end('secret')).listen(
      0,
    );
    await once(server, 'listening');
    atEnd(context, () => server.close());
    const serverUrl = `https://localhost:${(server.address() as AddressInfo).port}`;
    const stranger = createTransport({ serverUrl });
    await assert.rejects(stranger.post(CALL), { code: 'unreachable', message: /certificate/ });
    stranger.close();
    const friend = createTransport({ serverUrl, ca: cert });
    assert.equal((await friend.post(CALL)).body, 'secret');
    friend.close();
  });
});

function endless(response: Parameters<RequestListener>[1]): void {
  const chunk = Buffer.alloc(64 * 1024);
  const more = () => {
    while (response.write(chunk));
  };
  response.on('drain', more);
  more();
}

describe('the address of a server', () => {
  test('may be unencrypted for this host only, unless it is allowed by name', () => {
    for (const url of ['http://localhost:8080', 'http://127.0.0.1', 'http://127.9.9.9', 'http://[::1]:80']) {
      assert.doesNotThrow(() => parseServerUrl(url, false), url);
    }
    for (const url of ['http://10.0.0.1', 'http://localhost.evil.example', 'http://127.0.0.1.nip.io']) {
      assert.throws(() => parseServerUrl(url, false), { code: 'configuration' }, url);
      assert.doesNotThrow(() => parseServerUrl(url, true), url);
    }
    assert.doesNotThrow(() => parseServerUrl('https://cordon.example.org/base', false));
  });

  test('is nothing but an address', () => {
    for (const url of [
      '',
      'cordon',
      'ftp://a',
      'file:///etc/passwd',
      'https://u:p@a',
      'https://a?b',
      'https://a#b',
    ]) {
      assert.throws(() => parseServerUrl(url, true), { code: 'configuration' }, url);
    }
  });
});
