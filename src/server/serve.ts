import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isLoopback } from '../contract/loopback.ts';
import type { ServeOptions, TlsFiles } from '../contract/run-options.ts';
import { prepareDataDirectory } from './data-directory.ts';
import { createFirstAdministrator } from './first-administrator.ts';
import { readIssuers } from './issuers.ts';
import { createLogger } from './logger.ts';
import { SYSTEM_TIME, startServer } from './server.ts';
import { openDirectory } from './stores.ts';

/** Name of the database within the data directory. */
export const DATABASE_FILE = 'cordon.db';
const SWEEP_EVERY = 1000;

/** `cordon serve`: runs until the signal aborts, then lets calls under way finish. */
export async function serve(options: ServeOptions, signal: AbortSignal): Promise<void> {
  const logger = createLogger(options.logLevel);
  // Before anything is made: a mistyped path leaves no data directory behind.
  const external = await readIssuers(options.issuerFile);
  const tls = await readTls(options.tls);
  await prepareDataDirectory(options.data);
  await using store = await openDirectory(options.data, DATABASE_FILE);
  if ((await store.setting('emulator')) !== null) {
    throw new Error(
      `${options.data} was made by an emulator, whose credentials everybody knows. Start it with "cordon emulate --data", or give "cordon serve" an empty directory.`,
    );
  }
  const server = await startServer({
    store,
    logger,
    listen: options.listen,
    publicUrl: options.publicUrl,
    tls,
    strictTransport: (options.publicUrl ?? '').startsWith('https:') || options.tls !== null,
    trustProxy: options.trustProxy,
    rateLimit: options.rateLimit,
    external,
    timeouts: () => ({ pending: options.pendingTimeout, progress: options.progressTimeout }),
    sweepEvery: SWEEP_EVERY,
    passwordGrant: false,
    acceptsDriver: () => true,
    newMachineId: () => randomBytes(20).toString('hex'),
    enrolledMillisecondsAgo: 0,
    allowsHost: null,
    time: SYSTEM_TIME,
  });
  const file = await createFirstAdministrator(
    options.data,
    server.publicUrl(),
    store,
    server.services.applications,
    server.clock,
  );
  if (file !== null) logger.info({ file }, 'made the first administrator; its secret stands in the file');
  logger.info({ url: server.publicUrl(), listening: server.localUrl, data: options.data }, 'Cordon serves');
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

/** The PEM files of a server's certificate. @throws Error naming the file that cannot be read */
export async function readTls(files: TlsFiles | null): Promise<{ cert: string; key: string } | null> {
  if (files === null) return null;
  const [cert, key] = await Promise.all([
    readNamed('certificate', files.certificate),
    readNamed('private key', files.key),
  ]);
  return { cert, key };
}

async function readNamed(what: string, path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: Error) => {
    throw new Error(`The ${what} ${path} cannot be read: ${cause.message}`, { cause });
  });
}

export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
