/**
 * A puppet server for the agent: real `node:http`, one machine, the device exchange alone. By itself it is honest; it
 * can be told to hold, to refuse, to lie in any field, to replay, to break off. What it does not imitate: the life
 * cycle of actions, tenants, rates, and the expiry of nonces. Signs with `jose`, apart from the agent's own code.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CompactSign, compactVerify } from 'jose';
import {
  DEVICE_PROTOCOL,
  type Desired,
  ENROL_PATH,
  type EnrolAnswer,
  type EnrolRequest,
  EXCHANGE_PATH,
  type ExchangeAnswer,
  type ExchangeRequest,
  type Mode,
  type Report,
} from '../../src/contract/device.ts';
import { checkEnrolRequest, checkExchangeRequest } from '../../src/contract/device-check.ts';

/** How one exchange is answered in place of honestly. */
export type Fault =
  /** Fields of the answer that are not as they should be; signed by the right key. */
  | { readonly kind: 'lie'; readonly fields: Record<string, unknown> }
  | { readonly kind: 'wrongKey' }
  /** The right answer under another `typ`. */
  | { readonly kind: 'wrongType' }
  /** The last answer once more, byte for byte. */
  | { readonly kind: 'replay' }
  /** Demand a fresh nonce though the nonce was good. */
  | { readonly kind: 'nonce' }
  /** Demand a fresh nonce, signed by another key. */
  | { readonly kind: 'forgedNonce' }
  | { readonly kind: 'status'; readonly status: number; readonly code?: string; readonly retryAfter?: number }
  /** Any body under the media type of an answer. */
  | { readonly kind: 'body'; readonly body: string; readonly contentType?: string }
  /** Take the message in, then hang up without an answer. */
  | { readonly kind: 'hangUp' };

/** A verified exchange as the agent sent it. */
export interface Seen {
  readonly request: ExchangeRequest;
  readonly connection: string;
  /** False once the agent gave it up. */
  open: boolean;
}

export interface DeviceServer {
  readonly url: string;
  readonly machineId: string;
  readonly serverKey: string;
  /** Every message with a good signature, in order. */
  readonly seen: readonly Seen[];
  /** Reports in the order of their sequence, each once. */
  readonly reports: readonly Report[];
  readonly enrolments: readonly EnrolRequest[];
  /** Reads or replaces the epoch; a new one starts the generations anew. */
  epoch: string;
  /** Wants a mode of the control: raises the generation and answers the waiting exchange. */
  want(mode: Mode, changes?: Partial<Desired>): Desired;
  /** Changes the present order without a new generation, as when an action ends. */
  change(changes: Partial<Desired>): void;
  readonly desired: readonly Desired[];
  /** Answers the next exchanges so, one each, in this order; `count` times the same. */
  fault(fault: Fault, count?: number): void;
  /** Answers nothing until the result is called. */
  hold(): () => void;
  /** Resolves with the first report, past or to come, that fits. */
  report(fits: (report: Report) => boolean): Promise<Report>;
  /** Resolves with the first message, past or to come, that fits. */
  message(fits: (request: ExchangeRequest) => boolean): Promise<ExchangeRequest>;
  /** Hangs up on everybody, at once and from now on, until the result is called. */
  down(): () => void;
  /** Answers the exchanges that wait, though there is nothing new. */
  answerNow(): void;
  /** Closes the connections on which nothing waits. */
  dropConnections(): void;
  /** Resolves when an exchange waits for news. */
  waiting(): Promise<void>;
  /** Registers a device by hand, without an enrolment. */
  trust(publicKey: string): void;
  /** From the next answer on, signs with this new key, announced under the old one. */
  rotateKey(): string;
  /** Sets the highest sequence that the server says it has. */
  setReceived(sequence: number): void;
  /** Enrolment token that is accepted; any number of times. */
  readonly token: string;
  close(): Promise<void>;
}

interface Key {
  readonly privateKey: KeyObject;
  readonly publicKey: string;
}

function newKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { privateKey, publicKey: publicKey.export({ format: 'jwk' }).x as string };
}

function sign(key: Key, type: string, payload: object): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', typ: type, kid: key.publicKey.slice(0, 16) })
    .sign(key.privateKey);
}

/** Starts a puppet server on a free port of loopback. */
export async function startDeviceServer(options: { port?: number } = {}): Promise<DeviceServer> {
  const machineId = '0123456789abcdef0123456789abcdef01234567';
  const tenantId = '11111111-1111-4111-8111-111111111111';
  const seen: Seen[] = [];
  const reports: Report[] = [];
  const enrolments: EnrolRequest[] = [];
  const faults: Fault[] = [];
  const nonces = new Set<string>();
  let key = newKey();
  let announced: Key | null = null;
  let deviceKey: string | null = null;
  let epoch = randomUUID();
  let desired: Desired[] = [];
  let received = 0;
  let last = '';
  let gate: Promise<void> = Promise.resolve();
  let held = 0;
  let isDown = false;
  let answering = 0;
  const changed = new EventTarget();
  const notify = () => changed.dispatchEvent(new Event('change'));

  const until = async <T>(look: () => T | undefined): Promise<T> => {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      await new Promise((resolve) => changed.addEventListener('change', resolve, { once: true }));
    }
  };

  const freshNonce = () => {
    const nonce = randomUUID();
    nonces.add(nonce);
    return nonce;
  };

  const demandNonce = async (response: ServerResponse, by: Key) => {
    const payload = { protocol: DEVICE_PROTOCOL, machineId, nonce: freshNonce() };
    respond(response, 401, 'application/jose', await sign(by, 'cordon-nonce+jwt', payload));
  };

  const isNews = (request: ExchangeRequest) =>
    request.epoch !== epoch ||
    desired.some(
      (order) => request.known.find((one) => one.control === order.control)?.generation !== order.generation,
    );

  const takeReports = (request: ExchangeRequest) => {
    for (const report of request.reports) {
      if (report.sequence <= received) continue;
      received = report.sequence;
      reports.push(report);
    }
  };

  const waitForNews = async (entry: Seen) => {
    const { request } = entry;
    if (request.waitSeconds === 0 || request.reports.length > 0) return;
    const end = performance.now() + request.waitSeconds * 1000;
    const asked = answering;
    held += 1;
    notify();
    while (
      entry.open &&
      server.listening &&
      answering === asked &&
      !isNews(request) &&
      performance.now() < end
    ) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, end - performance.now());
        const done = () => {
          clearTimeout(timer);
          resolve();
        };
        changed.addEventListener('change', done, { once: true });
      });
    }
    held -= 1;
  };

  const answerOf = (request: ExchangeRequest): ExchangeAnswer => ({
    protocol: DEVICE_PROTOCOL,
    machineId,
    answers: request.nonce,
    nonce: freshNonce(),
    epoch,
    desired: desired.map((order) => ({ ...order })),
    received,
    ...(announced === null ? {} : { nextServerKey: announced.publicKey }),
  });

  /** Faults that spoil a whole answer; the others are decided before or after it. */
  const spoil = async (response: ServerResponse, fault: Fault | undefined, answer: ExchangeAnswer) => {
    const lied = fault?.kind === 'lie' ? { ...answer, ...fault.fields } : answer;
    const by = fault?.kind === 'wrongKey' ? newKey() : key;
    const type = fault?.kind === 'wrongType' ? 'cordon-nonce+jwt' : 'cordon-answer+jwt';
    const message = fault?.kind === 'replay' ? last : await sign(by, type, lied);
    last = message;
    if (announced !== null && fault === undefined) {
      key = announced;
      announced = null;
    }
    respond(response, 200, 'application/jose', message);
  };

  const exchange = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await read(request);
    if (deviceKey === null) return refuse(response, 404, 'ResourceNotFound');
    const verifying = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: deviceKey }, format: 'jwk' });
    const { payload, protectedHeader } = await compactVerify(body, verifying, { algorithms: ['EdDSA'] });
    const checked = checkExchangeRequest(JSON.parse(new TextDecoder().decode(payload)));
    if (!checked.ok || protectedHeader.typ !== 'cordon-exchange+jwt' || protectedHeader.kid !== machineId) {
      return refuse(response, 400, 'BadRequest');
    }
    const message = checked.value;
    const { remoteAddress, remotePort } = request.socket;
    const entry: Seen = {
      request: message,
      connection: `${remoteAddress}:${remotePort}`,
      open: !response.closed,
    };
    response.on('close', () => {
      entry.open = false;
      notify();
    });
    if (!nonces.delete(message.nonce)) return demandNonce(response, key);
    const fault = faults.shift();
    seen.push(entry);
    if (fault?.kind === 'nonce') return demandNonce(response, key);
    if (fault?.kind === 'forgedNonce') return demandNonce(response, newKey());
    if (fault?.kind === 'status')
      return refuse(response, fault.status, fault.code ?? 'Fault', fault.retryAfter);
    if (fault?.kind === 'body')
      return respond(response, 200, fault.contentType ?? 'application/jose', fault.body);
    takeReports(message);
    notify();
    if (fault?.kind === 'hangUp') return void response.destroy();
    await gate;
    await waitForNews(entry);
    await spoil(response, fault, answerOf(message));
  };

  const enrol = async (request: IncomingMessage, response: ServerResponse) => {
    const checked = checkEnrolRequest(JSON.parse(await read(request)));
    if (!checked.ok) return refuse(response, 400, 'InvalidRequestBody');
    if (checked.value.token !== 'puppet-token') return refuse(response, 403, 'Forbidden');
    enrolments.push(checked.value);
    deviceKey = checked.value.publicKey;
    const answer: EnrolAnswer = {
      protocol: DEVICE_PROTOCOL,
      machineId,
      tenantId,
      serverKey: key.publicKey,
      epoch,
      nonce: freshNonce(),
    };
    respond(response, 201, 'application/json', JSON.stringify(answer));
  };

  const routes: Record<string, (request: IncomingMessage, response: ServerResponse) => Promise<void>> = {
    [ENROL_PATH]: enrol,
    [EXCHANGE_PATH]: exchange,
  };
  const server = createServer((request, response) => {
    const route = isDown ? undefined : routes[request.url ?? ''];
    if (route === undefined || request.method !== 'POST') return refuse(response, 404, 'NotFound');
    route(request, response).catch(() => refuse(response, 500, 'InternalServerError'));
  });
  server.on('connection', (socket) => {
    if (isDown) socket.destroy();
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    machineId,
    token: 'puppet-token',
    get serverKey() {
      return key.publicKey;
    },
    seen,
    reports,
    enrolments,
    get epoch() {
      return epoch;
    },
    set epoch(value) {
      epoch = value;
      desired = [];
      notify();
    },
    want(mode, changes = {}) {
      const generation = (desired[0]?.generation ?? 0) + 1;
      const actionId = `00000000-0000-4000-8000-${String(generation).padStart(12, '0')}`;
      const order: Desired = {
        control: 'codeExecution',
        mode,
        generation,
        actionId,
        status: 'active',
        ...changes,
      };
      desired = [order];
      notify();
      return order;
    },
    change(changes) {
      desired = desired.map((order) => ({ ...order, ...changes }));
      notify();
    },
    get desired() {
      return desired;
    },
    fault(fault, count = 1) {
      for (let index = 0; index < count; index += 1) faults.push(fault);
    },
    hold() {
      let open: () => void = () => undefined;
      gate = new Promise((resolve) => {
        open = resolve;
      });
      return open;
    },
    report: (fits) => until(() => reports.find(fits)),
    message: (fits) => until(() => seen.find(({ request }) => fits(request))?.request),
    down() {
      isDown = true;
      server.closeAllConnections();
      return () => {
        isDown = false;
      };
    },
    answerNow() {
      answering += 1;
      notify();
    },
    dropConnections: () => server.closeIdleConnections(),
    waiting: () => until(() => (held > 0 ? true : undefined)).then(() => undefined),
    trust(publicKey) {
      deviceKey = publicKey;
    },
    rotateKey() {
      announced = newKey();
      return announced.publicKey;
    },
    setReceived(sequence) {
      received = sequence;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      notify();
      await closed;
    },
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function respond(response: ServerResponse, status: number, contentType: string, body: string): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { 'content-type': contentType }).end(body);
}

function refuse(response: ServerResponse, status: number, code: string, retryAfter?: number): void {
  if (retryAfter !== undefined) response.setHeader('retry-after', String(retryAfter));
  respond(
    response,
    status,
    'application/json',
    JSON.stringify({ error: { code, message: code, target: 'puppet' } }),
  );
}
