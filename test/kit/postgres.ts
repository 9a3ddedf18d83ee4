/**
 * A PostgreSQL server of a test's own: Debian's binaries, a fresh cluster in a temporary directory, a free port of
 * loopback, no flush to the disk. It ends with the test file.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { dyingWithUs, scratchDirectory, undoAtEnd } from './leftovers.ts';
import { withSchema } from './postgres-schema.ts';
import { until } from './processes.ts';
import { freePort } from './server-process.ts';

/** The user `nobody`: PostgreSQL refuses to be run by root. */
const NOBODY = 65_534;
const PASSWORD = 'cordon-test';

export interface PostgresServer extends AsyncDisposable {
  /** Address of the database, or of a schema in it that is made when it is missing. */
  url(schema?: string): Promise<string>;
  /** Runs one statement as its superuser. */
  query(text: string, params?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** Ends it: in order, closing every connection, or with `kill -9`. */
  stop(how?: 'fast' | 'kill'): Promise<void>;
  /** Starts it again on the same data and port. */
  start(): Promise<void>;
  /** Ids of its processes, the first of them the one that started the others. */
  processes(): readonly number[];
}

/** The folder of PostgreSQL's programs, the newest version where there are several. */
function programs(): string | null {
  const found = globSync('/usr/lib/postgresql/*/bin')
    .filter((folder) => existsSync(join(folder, 'initdb')))
    .sort((one, other) => Number(other.split('/')[4]) - Number(one.split('/')[4]));
  return found[0] ?? null;
}

/** Why no server can be started here; null when one can. Never left out where everything must run. */
export function whyNoPostgres(): string | null {
  if (process.env.CORDON_TEST_ALL === '1') return null;
  return programs() === null ? "Debian's package postgresql is missing (/usr/lib/postgresql)" : null;
}

/** @param settings of the server, as `name=value` */
export async function startPostgres(settings: readonly string[] = []): Promise<PostgresServer> {
  const folder = programs();
  if (folder === null) throw new Error("Debian's package postgresql is missing");
  const scratch = scratchDirectory('postgres');
  const data = join(scratch.path, 'data');
  const password = join(scratch.path, 'password');
  const root = process.getuid?.() === 0;
  const owner = root ? { uid: NOBODY, gid: NOBODY } : {};
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(password, PASSWORD);
  if (root) for (const path of [scratch.path, data, password]) chownSync(path, NOBODY, NOBODY);
  const made = spawnSync(
    join(folder, 'initdb'),
    [
      '-D',
      data,
      '-U',
      'cordon',
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
      '-A',
      'scram-sha-256',
      '--pwfile',
      password,
    ].concat('--no-sync', '--no-instructions'),
    { ...owner, encoding: 'utf8', cwd: scratch.path },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const address = `postgres://cordon:${PASSWORD}@127.0.0.1:${port}/postgres`;
  const options = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=300',
    'fsync=off',
    'full_page_writes=off',
    ...settings,
  ].flatMap((setting) => ['-c', setting]);

  let running: { pid: number; end(signal: NodeJS.Signals): Promise<void> } | null = null;
  const start = async (): Promise<void> => {
    const [program = '', ...words] = dyingWithUs([join(folder, 'postgres'), '-D', data, ...options]);
    const child = spawn(program, words, { ...owner, cwd: scratch.path, stdio: ['ignore', 'ignore', 'pipe'] });
    let story = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      story = (story + text).slice(-4000);
    });
    const exit = once(child, 'exit');
    exit.then(undoAtEnd(() => child.kill('SIGKILL')));
    running = {
      pid: child.pid!,
      async end(signal) {
        child.kill(signal);
        await exit;
      },
    };
    await until('PostgreSQL answers', async () => {
      if (child.exitCode !== null) throw new Error(`PostgreSQL ended: ${story}`);
      return query('select 1').catch(() => null);
    });
  };
  const query: PostgresServer['query'] = async (text, params = []) => {
    const client = new Client({ connectionString: address });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(text, [...params])).rows;
    } finally {
      await client.end();
    }
  };
  const stop: PostgresServer['stop'] = async (how = 'fast') => {
    await running?.end(how === 'fast' ? 'SIGINT' : 'SIGKILL');
    running = null;
  };
  await start();
  return {
    async url(schema) {
      if (schema === undefined) return address;
      return withSchema(address, schema);
    },
    query,
    stop,
    start,
    processes() {
      const { pid } = running!;
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
      return [pid, ...(children === '' ? [] : children.split(' ').map(Number))];
    },
    async [Symbol.asyncDispose]() {
      await stop('fast');
      scratch.remove();
    },
  };
}
