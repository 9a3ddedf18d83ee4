import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { globSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Installed, run } from './installed.ts';

export interface PackCase {
  readonly name: string;
  /** @returns what was seen. @throws Error when it is not as it should be */
  observe(installed: Installed, root: string): Promise<string>;
}

const PATIENCE = 60_000;

/** A program that imports the package and is given an emulator. */
const PROGRAM = `
import { Cordon } from 'cordon';
const api = new Cordon({ url: process.argv[2], credentials: {
  tenant: '11111111-1111-4111-8111-111111111111',
  clientId: '22222222-2222-4222-8222-222222222222',
  clientSecret: 'cordon-emulator-secret',
} });
const { status } = await api.restrict('ws-001.cordon.test', { comment: 'packed', wait: true });
console.log(status);
`;

/** The same for the type checker: what is right, and a mistake that it must find. */
const TYPED = `
import { Cordon } from 'cordon';
const api = new Cordon({ url: 'http://127.0.0.1', credentials: { tenant: 't', clientId: 'c', clientSecret: 's' } });
export const status: string = (await api.action('id')).status;
// @ts-expect-error a comment is a text
await api.restrict('id', { comment: 5 });
`;

export const PACK_CASES: readonly PackCase[] = [
  {
    name: 'cordon --version',
    observe: async ({ command, directory, environment }) =>
      run(command, ['--version'], directory, environment),
  },
  {
    name: 'cordon --help',
    observe: async ({ command, directory, environment }) =>
      `${run(command, ['--help'], directory, environment).split('\n').length} lines`,
  },
  {
    name: 'cordon demo --exit',
    async observe({ command, directory, environment }) {
      const shown = run(command, ['demo', '--exit'], directory, environment);
      if (!/UnrestrictCodeExecution Succeeded/.test(shown)) throw new Error(shown);
      return 'restricted, released, proven';
    },
  },
  {
    name: 'cordon serve: start, a call, an order to end',
    async observe(installed) {
      const served = await listening(installed, ['serve', '--data', join(installed.directory, 'data')]);
      const { status } = await fetch(`${served.url}/readyz`);
      const secret = statSync(join(installed.directory, 'data/administrator.env')).mode & 0o777;
      const code = await served.end();
      if (status !== 200 || code !== 0 || secret !== 0o600)
        throw new Error(`${status}, ${code}, ${secret.toString(8)}`);
      return 'ready, ended with 0';
    },
  },
  {
    name: "import { Cordon } from 'cordon'",
    async observe(installed) {
      const emulator = await listening(installed, ['emulate', '--delay', '0']);
      try {
        const file = join(installed.directory, 'program.js');
        writeFileSync(file, PROGRAM);
        return await outputOf(installed, [file, emulator.url]);
      } finally {
        await emulator.end();
      }
    },
  },
  {
    name: 'the types hold for who imports it (tsc of the repository)',
    async observe({ directory, environment }, root) {
      writeFileSync(join(directory, 'typed.ts'), TYPED);
      const settings = {
        strict: true,
        noEmit: true,
        module: 'nodenext',
        target: 'es2024',
        types: [],
        lib: ['es2024', 'dom'],
      };
      writeFileSync(
        join(directory, 'tsconfig.json'),
        JSON.stringify({ compilerOptions: settings, files: ['typed.ts'] }),
      );
      run(
        process.execPath,
        [join(root, 'node_modules/typescript/bin/tsc'), '-p', directory],
        directory,
        environment,
      );
      return 'right use passes, wrong use is found';
    },
  },
  {
    name: 'an older Node is told which one is needed',
    async observe({ command, directory }) {
      const older = ['/usr/bin/node', '/usr/local/bin/node', ...globSync('/opt/node*/bin/node')].find(
        (node) => {
          const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
          return Number(/^v(\d+)/.exec(stdout ?? '')?.[1] ?? 99) < 26;
        },
      );
      if (older === undefined) return 'not run: no older Node here';
      const { status, stderr } = spawnSync(older, [command, '--version'], {
        cwd: directory,
        encoding: 'utf8',
      });
      if (status !== 1 || !/Node\.js 26 or later is needed/.test(stderr)) throw new Error(stderr);
      return stderr.split('\n')[0]!;
    },
  },
];

/** Starts the command on a free port, and waits until it says where it listens. */
async function listening({ command, directory, environment }: Installed, words: readonly string[]) {
  const child = spawn(command, [...words, '--listen', '127.0.0.1:0'], {
    cwd: directory,
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const closed = once(child, 'close');
  const deadline = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  let said = '';
  for await (const part of child.stderr.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    said += part;
    const url = /https?:\/\/127\.0\.0\.1:[1-9]\d*/.exec(said)?.[0];
    if (url === undefined) continue;
    child.stderr.resume();
    return {
      url,
      async end(): Promise<number | null> {
        child.kill('SIGTERM');
        const [code] = await closed;
        clearTimeout(deadline);
        return code;
      },
    };
  }
  clearTimeout(deadline);
  throw new Error(`${words[0]} ended: ${said}`);
}

/** The output of this Node with some words, while what it calls goes on in this process's children. */
async function outputOf({ directory, environment }: Installed, words: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, words, {
    cwd: directory,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const part of child.stdout.setEncoding('utf8')) said += part;
  if (said.trim() !== 'Succeeded') throw new Error(`It said: ${said}`);
  return said.trim();
}
