import { randomBytes } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { isLoopback } from '../contract/loopback.ts';
import type { ServeOptions, TlsFiles } from '../contract/run-options.ts';
import type { Log } from '../service/log.ts';
import { showConsoleLink } from './console-link.ts';
import { ADMINISTRATOR_FILE, createFirstAdministrator, requireWayIn } from './first-administrator.ts';
import { missingTenants, readIssuers } from './issuers.ts';
import { createLogger } from './logger.ts';
import { listenForScrapes, type MetricsListener } from './metrics/listen.ts';
import type { Metrics } from './metrics/metrics.ts';
import { readNamedFile } from './named-file.ts';
import { openServedStore } from './served-store.ts';
import { startServer } from './server.ts';
import { SYSTEM_TIME } from './time-source.ts';

const SWEEP_EVERY = 1000;

/** `cordon serve`: runs until the signal aborts, then lets calls under way finish. */
export async function serve(options: ServeOptions, signal: AbortSignal): Promise<void> {
  const metrics = options.metricsListen === null ? null : await countedMetrics();
  const logger = createLogger(options.logLevel, () => metrics?.count('cordon_log_lines_dropped_total'));
  // Before anything is made: a mistyped path leaves no data directory behind.
  const external = await readIssuers(options.issuerFile);
  const tls = await readTls(options.tls);
  await using scrapes = await serveMetrics(metrics, options, tls, logger);
  const served = await openServedStore(options, logger, metrics?.committed);
  await using store = served.store;
  await requireWayIn(options.data, store);
  let furnished = false;
  const server = await startServer({
    store,
    logger,
    listen: options.listen,
    publicUrl: options.publicUrl,
    tls,
    strictTransport: (options.publicUrl ?? '').startsWith('https:') || options.tls !== null,
    trustProxy: options.trustProxy,
    webhookAllow: options.webhookAllow,
    rateLimit: options.rateLimit,
    external: external.sources,
    consoleProvider: external.console,
    timeouts: () => ({ pending: options.pendingTimeout, progress: options.progressTimeout }),
    sweepEvery: SWEEP_EVERY,
    serverKeyAge: options.serverKeyAge,
    passwordGrant: false,
    acceptsDriver: () => true,
    newMachineId: () => randomBytes(20).toString('hex'),
    enrolledMillisecondsAgo: 0,
    allowsHost: null,
    // Who waits for a first start goes on by the administrator's credentials.
    ready: () => furnished,
    maxConnections: options.maxConnections,
    retainActions: options.retainActions,
    metrics,
    time: served.time,
    ...(served.neighbours === undefined ? {} : { neighbours: served.neighbours }),
    drainMilliseconds: options.drain,
  });
  const file = await createFirstAdministrator(
    options.data,
    server.publicUrl(),
    store,
    server.services.applications,
    server.clock,
  );
  furnished = true;
  if (file !== null) logger.info({ file }, 'made the first administrator; its secret stands in the file');
  for (const { issuer, tenant } of missingTenants(external.issuers, await store.tenants())) {
    logger.warn(
      { file: options.issuerFile, issuer, tenant },
      `the issuer file maps tokens to the tenant ${tenant}, which does not exist, so they are refused: correct its "tenants" and start again; the tenant's id stands in ${ADMINISTRATOR_FILE}`,
    );
  }
  logger.info({ url: server.publicUrl(), listening: server.localUrl, data: served.place }, 'Cordon serves');
  const terminal = process.stderr.isTTY ? (text: string) => void process.stderr.write(text) : null;
  const readers = { terminal, directory: options.data };
  if (external.console === null) await showConsoleLink(readers, server.services.consoleLinks, store, logger);
  if (scrapes !== null) logger.info({ metrics: scrapes.url }, 'metrics are served');
  const exposure = exposureOf(options);
  if (exposure !== null) logger.warn({ listening: server.localUrl }, exposure);
  await aborted(signal);
  logger.info({}, 'shutting down');
  await server.close();
}

/** What is dangerous about where a server listens, with the remedy; null when nothing is. */
export function exposureOf(options: Pick<ServeOptions, 'listen' | 'publicUrl' | 'tls'>): string | null {
  const { listen, publicUrl, tls } = options;
  if (isLoopback(listen.host)) return null;
  if (tls === null && publicUrl?.startsWith('https:') !== true) {
    return 'secrets and tokens travel in the clear: add --tls-cert and --tls-key, or end TLS in a proxy and add --public-url https://…';
  }
  if (publicUrl === null)
    return 'clients need an address that means this server: add --public-url https://NAME[:PORT]';
  return null;
}

/** The PEM files of a server's certificate. @throws Error naming what cannot be read or used */
export async function readTls(files: TlsFiles | null): Promise<{ cert: string; key: string } | null> {
  if (files === null) return null;
  // One after the other, so that of two files that cannot be read the same one is always named.
  const cert = await readNamedFile('--tls-cert', files.certificate, "the server's certificate chain in PEM");
  const key = await readNamedFile('--tls-key', files.key, "the certificate's private key in PEM");
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw new Error(
      `--tls-cert (CORDON_TLS_CERT) and --tls-key (CORDON_TLS_KEY) cannot be used: ${(error as Error).message}. Give a certificate chain and the private key that belongs to it, without a passphrase, both in PEM.`,
    );
  }
  return { cert, key };
}

/** Their package loads much of Node's, which a start without metrics does not wait for. */
async function countedMetrics(): Promise<Metrics> {
  const { createMetrics } = await import('./metrics/metrics.ts');
  return createMetrics(SYSTEM_TIME.monotonic);
}

async function serveMetrics(
  metrics: Metrics | null,
  { metricsListen: listen, metricsTokenFile }: ServeOptions,
  tls: { cert: string; key: string } | null,
  log: Log,
): Promise<MetricsListener | null> {
  const token = await readToken(metricsTokenFile);
  return metrics === null || listen === null ? null : listenForScrapes({ metrics, listen, token, tls, log });
}

/** The one line of a token file. @throws Error naming the file that cannot be used */
async function readToken(path: string | null): Promise<string | null> {
  if (path === null) return null;
  const token = (
    await readNamedFile('--metrics-token', path, 'one line with the bearer token of scrapers')
  ).trim();
  if (!/^[\x21-\x7e]{16,}$/.test(token))
    throw new Error(`The metrics token in ${path} must be one line of at least 16 visible characters.`);
  return token;
}

export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
