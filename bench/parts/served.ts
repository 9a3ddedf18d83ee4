/** `cordon serve` as a process of its own that can be asked to collect its garbage, so that its memory can be compared. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { selfSigned } from '../../src/emulator/certificate.ts';
import { type ApplicationCredentials, type Client, client } from '../../src/sdk/index.ts';
import { freePort, readAdministrator } from '../../test/kit/server-process.ts';
import { forked } from '../forked.ts';

export interface Served {
  readonly url: string;
  readonly credentials: ApplicationCredentials;
  /** As the first administrator; makes each call once. */
  readonly api: Client;
  /** Bytes of resident memory after a collection. */
  resident(): Promise<number>;
  /** A figure of /metrics without labels. */
  metric(name: string): Promise<number>;
  /** SIGTERM, and waits until it is gone. */
  stop(): Promise<void>;
  /** Starts it again at the same address. */
  start(): Promise<void>;
}

export interface ServedOptions {
  /** TLS in the process, by a certificate of its own that this process trusts from then on. */
  readonly tls?: boolean;
  /** Where it keeps its data; SQLite in the directory when left out. */
  readonly databaseUrl?: string;
}

const COMMAND = new URL('../../src/bin/cordon.ts', import.meta.url);
const COLLECTOR = new URL('collector.ts', import.meta.url).href;
const PATIENCE = 60_000;

/** Starts a server in the directory, without rate limits, and waits until it answers. */
export async function startServed(directory: string, options: ServedOptions = {}): Promise<Served> {
  const data = join(directory, 'data');
  const [port, metricsPort] = [await freePort(), await freePort()];
  const scheme = options.tls === true ? 'https' : 'http';
  const url = `${scheme}://127.0.0.1:${port}`;
  // On loopback these are served in the clear even where the API is not.
  const metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
  const words = [
    ...['serve', '--data', data, '--listen', `127.0.0.1:${port}`, '--rate-limit', 'off'],
    ...['--metrics-listen', `127.0.0.1:${metricsPort}`, '--log-level', 'warn'],
    ...(options.databaseUrl === undefined ? [] : ['--database-url', options.databaseUrl]),
    ...(options.tls === true ? await tlsWords(directory) : []),
  ];
  let child: ChildProcess | null = null;

  const start = async () => {
    child = forked(COMMAND, words, {
      execArgv: ['--expose-gc', '--import', COLLECTOR],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await answering(url, child);
  };
  const stop = async () => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  await start();
  const credentials = await readAdministrator(data);
  return {
    url,
    credentials,
    api: client({ url, credentials, retry: { attempts: 1 } }),
    async resident() {
      child!.send('collect');
      const [bytes] = (await once(child!, 'message')) as [number];
      return bytes;
    },
    async metric(name) {
      const text = await (await fetch(metricsUrl)).text();
      return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
    },
    start,
    stop,
  };
}

async function tlsWords(directory: string): Promise<readonly string[]> {
  const place = join(directory, 'certificate');
  await mkdir(place, { recursive: true });
  const made = await selfSigned(place, [], new Date());
  setDefaultCACertificates([...getCACertificates('default'), made.cert]);
  return ['--tls-cert', made.path, '--tls-key', join(place, 'emulator-key.pem')];
}

/** Resolves when the server says that it takes calls. @throws Error when it ends instead, or takes too long */
async function answering(url: string, child: ChildProcess): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (performance.now() < end && child.exitCode === null) {
    const ready = await fetch(`${url}/readyz`).catch(() => null);
    if (ready?.status === 200) return;
    await pause(10);
  }
  throw new Error('The server of the benchmark did not begin to answer.');
}
