/**
 * Stands between a device and its server and can lose one message: before the server has it, or the answer after the
 * server acted on it. So a server can be killed exactly there.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExchangeAnswer, ExchangeRequest } from '../../src/contract/device.ts';

/** One message and what the server answered; null before it has, or where it is no exchange. */
export interface Passage {
  readonly path: string;
  readonly message: ExchangeRequest | null;
  readonly answer: ExchangeAnswer | null;
}

export interface Gate extends AsyncDisposable {
  readonly url: string;
  /**
   * Loses the first message that fits, or its answer: the caller's connection breaks as soon as `then` is done. Resolves
   * with what `then` resolved with.
   */
  lose<T>(
    what: 'message' | 'answer',
    fits: (passage: Passage) => boolean,
    then: () => Promise<T>,
  ): Promise<T>;
  /** Acts when a message that fits and its answer have passed unharmed. */
  passed<T>(fits: (passage: Passage) => boolean, then: () => Promise<T>): Promise<T>;
  /**
   * While it is shut, messages wait in front of it, so that what the server knows can be looked at. The first one breaks:
   * a device repeats a message whose connection broke once as it is, and only then makes a new one of what it remembers.
   */
  shut(closed: boolean): void;
}

interface Watch {
  readonly at: 'message' | 'answer' | 'passed';
  readonly fits: (passage: Passage) => boolean;
  readonly act: () => Promise<void>;
}

export async function openGate(target: string): Promise<Gate> {
  const watches = new Set<Watch>();
  let opened = Promise.withResolvers<void>();
  opened.resolve();
  let breaks = false;
  /** Runs the watch of this point that fits, if there is one; true when the message is lost with it. */
  const meet = async (at: Watch['at'], passage: Passage): Promise<boolean> => {
    const watch = [...watches].find((one) => one.at === at && one.fits(passage));
    if (watch === undefined) return false;
    watches.delete(watch);
    await watch.act();
    return at !== 'passed';
  };

  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await bytesOf(incoming);
    const path = incoming.url ?? '';
    const message = payloadOf<ExchangeRequest>(body, 'machineId');
    if (breaks) {
      breaks = false;
      return void outgoing.destroy();
    }
    await opened.promise;
    if (outgoing.destroyed) return;
    if (await meet('message', { path, message, answer: null })) return void outgoing.destroy();
    const reply = await ask(target, incoming, body, outgoing);
    const passage = { path, message, answer: payloadOf<ExchangeAnswer>(reply.body, 'answers') };
    if (await meet('answer', passage)) return void outgoing.destroy();
    outgoing.writeHead(reply.status, reply.headers).end(reply.body);
    await meet('passed', passage);
  };

  const server = createServer((incoming, outgoing) => {
    // Whatever breaks on the way to the server breaks for the caller, too.
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));

  const watch = <T>(at: Watch['at'], fits: Watch['fits'], then: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      watches.add({ at, fits, act: () => then().then(resolve, reject) });
    });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lose: watch,
    passed: (fits, then) => watch('passed', fits, then),
    shut(closed) {
      breaks = closed;
      opened.resolve();
      if (closed) opened = Promise.withResolvers<void>();
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

interface Reply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** Hands a message on. When the caller goes, so does the call. */
function ask(
  target: string,
  incoming: IncomingMessage,
  body: Buffer,
  caller: ServerResponse,
): Promise<Reply> {
  const { method, url, headers } = incoming;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(url ?? '', target),
      { method, headers: { ...headers, connection: 'close' }, agent: false },
      (answer) => {
        bytesOf(answer).then(
          (bytes) =>
            resolve({
              status: answer.statusCode ?? 0,
              headers: { 'content-type': answer.headers['content-type'] ?? '' },
              body: bytes,
            }),
          reject,
        );
      },
    );
    outgoing.on('error', reject);
    caller.on('close', () => outgoing.destroy(new Error('the caller went')));
    outgoing.end(body);
  });
}

/** Payload of a signed message, null where it is none or does not have the property. */
function payloadOf<T>(body: Buffer, property: keyof T & string): T | null {
  const [, payload, signature] = body.toString('utf8').split('.');
  if (payload === undefined || signature === undefined) return null;
  try {
    const value = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as T & object;
    return property in value ? value : null;
  } catch {
    return null;
  }
}
