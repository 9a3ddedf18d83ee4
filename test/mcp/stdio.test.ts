import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import test, { type TestContext } from 'node:test';
import { Client, type ClientOptions } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { EMULATOR } from '../../src/contract/well-known.ts';
import { serveMcp } from '../../src/mcp/serve.ts';
import { Cordon } from '../../src/sdk/index.ts';
import { startApiServer } from '../kit/api-server.ts';
import { atEnd } from '../kit/at-end.ts';
import { CORDON, follow, spawnCordon, withoutCordon } from '../kit/processes.ts';
import { APPROVES, caller } from './world.ts';

/** `cordon mcp WORDS…` as a host starts it, and the official client at its streams. */
async function startHost(
  context: TestContext,
  words: readonly string[],
  environment: Record<string, string>,
  options: ClientOptions = {},
) {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [CORDON, 'mcp', ...words],
    env: { ...(withoutCordon(process.env) as Record<string, string>), ...environment },
    stderr: 'pipe',
  });
  let errors = '';
  transport.stderr?.on('data', (text) => {
    errors += text;
  });
  const faults: Error[] = [];
  const client = new Client({ name: 'test-host', version: '1.0.0' }, options);
  client.onerror = (error) => faults.push(error);
  atEnd(context, () => client.close());
  await client.connect(transport);
  return { client, call: caller(client), errors: () => errors, faults };
}

test('an assistant restricts a machine over standard input and output, with both forms of the protocol', async (context) => {
  const api = await startApiServer();
  atEnd(context, () => api[Symbol.asyncDispose]());
  const environment = { CORDON_URL: api.url, CORDON_EMULATOR: '1', CORDON_ALLOW_ACTIONS: '1' };
  for (const mode of ['legacy', { pin: '2026-07-28' }] as const) {
    const { client, call, faults } = await startHost(context, [], environment, {
      capabilities: { elicitation: { form: {} } },
      versionNegotiation: { mode },
    });
    const asked: string[] = [];
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      asked.push(params.message);
      return APPROVES;
    });
    const input = { machine: 'ws-001.cordon.test', comment: 'why', wait_seconds: 30 };
    const { output } = await call('restrict_code_execution', input);
    assert.equal(output.action.status, 'Succeeded');
    assert.equal(output.action.comment, '[MCP via test-host; approved by a person] why');
    assert.equal(asked.length, 1);
    assert.deepEqual(faults, [], 'nothing but the protocol came');
  }
  assert.equal(api.actions.size, 2);
});

test('what goes wrong outside is told in tools, and standard output stays the protocol’s', async (context) => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const { client, call, faults } = await startHost(context, ['--emulator', '--url', url], {});
  const { isError, text } = await call('list_machines');
  assert.equal(isError, true);
  assert.match(text, /^Unreachable: .*ECONNREFUSED/);
  assert.doesNotMatch(text, new RegExp(EMULATOR.secret));
  assert.equal((await client.listTools()).tools.length, 4);
  assert.deepEqual(faults, []);
});

test('without credentials it ends with what is missing, and nothing on standard output', async () => {
  const running = follow(spawnCordon(['mcp', '--url', 'https://cordon.example.test']));
  assert.deepEqual(await running.exit, { status: 2, signal: null });
  assert.equal(running.output().stdout, '');
  assert.match(running.output().stderr, /CORDON_CLIENT_SECRET/);
});

test('it ends when its client has gone', async () => {
  const { exit, output } = follow(spawnCordon(['mcp', '--emulator']));
  assert.deepEqual(await exit, { status: 0, signal: null });
  assert.deepEqual(output(), { stdout: '', stderr: '' });
});

test('it ends when what it is sent has no end', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let errors = '';
  const streams = { input, output, errors: { write: (text: string) => (errors += text) } };
  const api = new Cordon({ url: 'http://127.0.0.1:1', credentials: () => 'token' });
  const serving = serveMcp({ allowActions: false, version: '0' }, api, streams, new AbortController().signal);
  input.write('x'.repeat(1_000_001));
  await serving;
  assert.match(errors, /size/);
  assert.equal(output.read(), null);
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
