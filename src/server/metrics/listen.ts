/** `/metrics` at an address of its own. It tells of all tenants, so that no tenant's token can open it. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { isLoopback } from '../../contract/loopback.ts';
import type { ListenAddress } from '../../contract/run-options.ts';
import type { Log } from '../../service/log.ts';
import { namesLoopback } from '../hosts.ts';
import type { Metrics } from './metrics.ts';

export interface MetricsListener extends AsyncDisposable {
  readonly url: string;
}

/** Scrapers keep one connection each. */
const MOST_CONNECTIONS = 16;
const ARRIVAL_MILLISECONDS = 10_000;

/**
 * Listens for scrapes. Without a token only loopback can be listened on, and only loopback names are answered to, so
 * that a web page in a browser on this machine cannot read it under a name of its own.
 * @param tls used where others can reach the address
 * @throws Error with the remedy
 */
export async function listenForScrapes(options: {
  readonly metrics: Pick<Metrics, 'contentType' | 'text'>;
  readonly listen: ListenAddress;
  readonly token: string | null;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly log: Log;
}): Promise<MetricsListener> {
  const { metrics, listen, token, log } = options;
  const local = isLoopback(listen.host);
  if (!local && token === null) {
    throw new Error(
      `Metrics tell how the whole fleet is guarded. To serve them on ${listen.host}, add --metrics-token FILE with a secret that the scraper sends as its bearer token.`,
    );
  }
  const answer: RequestListener = async (request, response) => {
    const status = refusalOf(request, token);
    if (status !== null) {
      request.resume();
      if (status === 401) response.setHeader('www-authenticate', 'Bearer');
      response.writeHead(status).end();
      return;
    }
    try {
      const text = await metrics.text();
      response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' });
      response.end(request.method === 'HEAD' ? undefined : text);
    } catch (error) {
      log.error({ err: error }, 'the metrics could not be read');
      response.writeHead(500).end();
    }
  };
  const limits = { requestTimeout: ARRIVAL_MILLISECONDS, maxHeaderSize: 8192 };
  const tls = local ? null : options.tls;
  const server = tls === null ? createServer(limits, answer) : createTlsServer({ ...limits, ...tls }, answer);
  server.maxConnections = MOST_CONNECTIONS;
  await listening(server, listen);
  const { port } = server.address() as AddressInfo;
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
  return {
    url: `${tls === null ? 'http' : 'https'}://${host}:${port}/metrics`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Status to refuse with, null for a scrape. */
function refusalOf({ url, method, headers }: IncomingMessage, token: string | null): number | null {
  if (token === null && !namesLoopback(headers.host)) return 403;
  if (token !== null && !same(headers.authorization ?? '', `Bearer ${token}`)) return 401;
  if ((url ?? '').split('?')[0] !== '/metrics') return 404;
  return method === 'GET' || method === 'HEAD' ? null : 405;
}

/** Compares hashes, so that the time tells nothing of the text. */
function same(one: string, other: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}

function listening(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    // Without the cause, which would be answered with the remedy of --listen.
    const fails = ({ message }: Error) =>
      reject(
        new Error(
          `--metrics-listen (CORDON_METRICS_LISTEN) cannot be listened on: ${message}. Choose another address.`,
        ),
      );
    server.once('error', fails);
    server.listen(port, host, () => {
      server.off('error', fails);
      resolve();
    });
  });
}
