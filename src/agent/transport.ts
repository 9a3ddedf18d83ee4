import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { getCACertificates } from 'node:tls';
import { isLoopback } from '../contract/loopback.ts';
import { AgentError, messageOf } from './error.ts';

/** One POST and its answer. The body of the answer is text of at most {@link LARGEST_ANSWER} bytes. */
export interface Transport {
  /** @throws AgentError `unreachable`; also when the signal aborts. */
  post(call: PostCall): Promise<PostAnswer>;
  /** Lets go of kept connections, so that the next call makes one of its own. Not while a call is under way. */
  renew(): void;
  close(): void;
}

export interface PostCall {
  readonly path: string;
  readonly contentType: string;
  readonly body: string;
  /** Milliseconds after which the call is given up, however slowly its answer still comes. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

export interface PostAnswer {
  readonly status: number;
  /** Media type without parameters, lower case. */
  readonly contentType: string;
  /** Seconds of `Retry-After`, null when absent or not a number. */
  readonly retryAfterSeconds: number | null;
  readonly body: string;
}

export interface TransportOptions {
  /** Address of the server, with or without a path, without a trailing slash. */
  readonly serverUrl: string;
  /** PEM text of certificates to trust besides the well-known ones. */
  readonly ca?: string | null;
  /** Allow `http:` to other hosts than this one. The exchange stays signed, but enrolment tokens go in the clear. */
  readonly insecureHttp?: boolean;
  /** Environment with `HTTPS_PROXY` and its kin; without it no proxy is used. Never used for this host itself. */
  readonly proxyEnvironment?: NodeJS.ProcessEnv;
  /** Connections at a time; one for a device, more where many simulated devices share a transport. */
  readonly connections?: number;
  /** Makes and keeps the connections of a plain HTTP address instead, for simulated devices beside their server. */
  readonly agent?: HttpAgent;
}

export const LARGEST_ANSWER = 1024 * 1024;

/** Seconds; more would keep a contained device away for longer than a responder can wait. */
const LONGEST_RETRY_AFTER = 3_600;

/**
 * Reads the address of a server. Plain HTTP is for this host only, unless it is allowed by name.
 * @throws AgentError `configuration`
 */
export function parseServerUrl(serverUrl: string, insecureHttp: boolean): URL {
  const url = URL.parse(serverUrl);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new AgentError(
      'configuration',
      `${serverUrl} is not the address of a server (https://HOST[:PORT]).`,
    );
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new AgentError('configuration', 'The server address must hold no credentials, query or fragment.');
  }
  if (url.protocol === 'http:' && !insecureHttp && !isLoopback(url.hostname)) {
    throw new AgentError(
      'configuration',
      `${serverUrl} is not encrypted. Use https, or allow plain HTTP with --insecure-http.`,
    );
  }
  return url;
}

/** A transport over kept-alive connections of `node:http` or `node:https`. Redirects are not followed. */
export function createTransport(options: TransportOptions): Transport {
  const url = parseServerUrl(options.serverUrl, options.insecureHttp ?? false);
  const base = url.pathname.replace(/\/$/, '');
  const proxy = isLoopback(url.hostname) ? {} : proxyOf(options.proxyEnvironment);
  const keep = { keepAlive: true, maxSockets: options.connections ?? 1, ...proxy };
  const secure = url.protocol === 'https:';
  const ca = options.ca ? { ca: [...getCACertificates('default'), options.ca] } : {};
  const agent = secure
    ? new HttpsAgent({ ...keep, ...ca, minVersion: 'TLSv1.2' })
    : (options.agent ?? new HttpAgent(keep));
  const request = secure ? requestHttps : requestHttp;

  const attempt = (call: PostCall, repeat: boolean): Promise<PostAnswer> =>
    new Promise((resolve, reject) => {
      const fail = (cause: unknown) =>
        reject(new AgentError('unreachable', `${url.origin} gave no answer: ${messageOf(cause)}`, { cause }));
      const outgoing = request(
        {
          agent,
          protocol: url.protocol,
          hostname: url.hostname.replace(/^\[|\]$/g, ''),
          port: url.port,
          path: `${base}${call.path}`,
          method: 'POST',
          signal: call.signal,
          headers: {
            'content-type': call.contentType,
            'content-length': Buffer.byteLength(call.body),
            accept: 'application/jose, application/json',
          },
        },
        (incoming) => {
          receive(incoming, (problem) => outgoing.destroy(problem)).then(resolve, fail);
        },
      );
      const limit = setTimeout(() => outgoing.destroy(new Error('time-out')), call.timeout);
      outgoing.on('close', () => clearTimeout(limit));
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // The server may close a kept-alive connection at the moment it is used again. Repeating is safe even if the
        // call was read: its nonce is used then, and the server asks for the message with a fresh one.
        if (repeat && outgoing.reusedSocket && error.code === 'ECONNRESET') resolve(attempt(call, false));
        else fail(error);
      });
      outgoing.end(call.body);
    });

  return { post: (call) => attempt(call, true), renew: () => agent.destroy(), close: () => agent.destroy() };
}

function receive(incoming: IncomingMessage, giveUp: (problem: Error) => void): Promise<PostAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > LARGEST_ANSWER) giveUp(new Error(`the answer is larger than ${LARGEST_ANSWER} bytes`));
      else chunks.push(chunk);
    });
    incoming.on('error', reject);
    incoming.on('close', () => reject(new Error('the answer broke off')));
    incoming.on('end', () =>
      resolve({
        status: incoming.statusCode ?? 0,
        contentType: (incoming.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
        retryAfterSeconds: retryAfter(incoming.headers['retry-after']),
        body: Buffer.concat(chunks).toString('utf8'),
      }),
    );
  });
}

function proxyOf(environment: NodeJS.ProcessEnv | undefined) {
  return environment === undefined ? {} : { proxyEnv: environment };
}

function retryAfter(header: string | undefined): number | null {
  if (header === undefined || !/^\d{1,9}$/.test(header)) return null;
  return Math.min(Number(header), LONGEST_RETRY_AFTER);
}
