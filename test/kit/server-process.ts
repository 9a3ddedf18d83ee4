/** `cordon serve` as a process of its own, on data that outlive it. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { type ApplicationCredentials, type Client, client } from '../../src/sdk/index.ts';
import { scratchDirectory } from './leftovers.ts';
import { type Exit, follow, type RunningProcess, spawnCordon } from './processes.ts';

export interface ServerProcess extends AsyncDisposable {
  readonly data: string;
  /** The same for every start. */
  readonly url: string;
  /** With the first administrator's credentials. */
  readonly api: Client;
  /** Starts it and waits until it serves. @param more options for this start alone */
  start(more?: readonly string[]): Promise<void>;
  /** `kill -9`, and waits until it is gone. */
  kill(): Promise<void>;
  /** Asks it to end, as a service manager does. */
  stop(): Promise<Exit>;
  /** The present or the last process. */
  process(): RunningProcess;
  /** A token by which devices enrol. */
  enrolmentToken(): Promise<string>;
}

/**
 * A server that serves.
 * @param words further options of `cordon serve`
 * @param environment its variables
 * @param first a server on the same database, whose first administrator is this one's too
 * @param place where it was before, and stays when this is over; null for a place of its own
 */
export async function startServerProcess(
  words: readonly string[] = [],
  environment: Record<string, string> = {},
  first: ServerProcess | null = null,
  place: Pick<ServerProcess, 'data' | 'url'> | null = null,
): Promise<ServerProcess> {
  const scratch = place === null ? scratchDirectory('served') : null;
  const data = place?.data ?? join(scratch!.path, 'data');
  const url = place?.url ?? `http://127.0.0.1:${await freePort()}`;
  let running: RunningProcess | null = null;
  let api: Client | null = null;

  const present = () => {
    if (running === null) throw new Error('The server was never started.');
    return running;
  };
  const start = async (more: readonly string[] = []) => {
    const listen = new URL(url).host;
    running = follow(
      spawnCordon(
        ['serve', '--data', data, '--listen', listen, '--rate-limit', 'off', ...words, ...more],
        environment,
      ),
    );
    await running.logged(({ msg }) => msg === 'Cordon serves');
    api ??= client({ url, credentials: await readAdministrator(first?.data ?? data) });
  };
  const end = (signal: NodeJS.Signals) => {
    const { child, exit } = present();
    child.kill(signal);
    return exit;
  };
  const close = async () => {
    if (running !== null) await end('SIGKILL');
    scratch?.remove();
  };

  try {
    await start();
  } catch (cause) {
    await close();
    throw cause;
  }
  return {
    data,
    url,
    get api() {
      return api!;
    },
    start,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    process: present,
    enrolmentToken: async () => (await api!.enrolmentTokens.create({})).token,
    [Symbol.asyncDispose]: close,
  };
}

/** The first administrator's credentials, as the server wrote them into its directory. */
export async function readAdministrator(data: string): Promise<ApplicationCredentials> {
  const written = parseEnv(await readFile(join(data, 'administrator.env'), 'utf8'));
  return {
    tenant: written.CORDON_TENANT!,
    clientId: written.CORDON_CLIENT_ID!,
    clientSecret: written.CORDON_CLIENT_SECRET!,
  };
}

/** A port that nobody listens on. The kernel gives listeners and callers different ones while it has enough of both. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
