import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { CONNECTION, clientOptions } from '../../src/cli/options/connection.ts';
import { readValues } from '../../src/cli/read-values.ts';
import { EMULATOR } from '../../src/contract/well-known.ts';
import { startApiServer, wireError } from '../kit/api-server.ts';
import { atEnd } from '../kit/at-end.ts';
import { runCommand } from '../kit/command.ts';

/** `fetch` refuses this port by itself. */
const NOWHERE = 'http://127.0.0.1:1';

async function puppet(context: TestContext) {
  const api = await startApiServer();
  atEnd(context, () => api[Symbol.asyncDispose]());
  return api;
}

async function file(context: TestContext, text: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'cordon-cli-'));
  atEnd(context, () => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'file'), text);
  return join(directory, 'file');
}

test('without credentials the command says which are missing and what an emulator’s are', async () => {
  const { status, stderr } = await runCommand(['machines', '--tenant', 't']);
  assert.equal(status, 2);
  assert.match(
    stderr,
    /--client-id \(CORDON_CLIENT_ID\), --client-secret \(CORDON_CLIENT_SECRET\) are missing/,
  );
  assert.doesNotMatch(stderr, /--tenant \(CORDON_TENANT\)/);
  assert.match(stderr, /--emulator \(CORDON_EMULATOR=1\)/);
  for (const value of [EMULATOR.tenant, EMULATOR.clientId, EMULATOR.secret])
    assert.ok(stderr.includes(value));
});

test('an address elsewhere is not taken for an emulator', async () => {
  const { stderr } = await runCommand(['machines', '--url', 'https://cordon.example.org']);
  assert.doesNotMatch(stderr, /emulator/);
});

test('where nothing listens the command says how to start something', async (context) => {
  const api = await puppet(context);
  await api[Symbol.asyncDispose]();
  const { status, stderr } = await runCommand(['machines', '--emulator', '--url', api.url]);
  assert.equal(status, 3);
  assert.match(stderr, /No service answers at http:\/\/127\.0\.0\.1:\d+.*ECONNREFUSED/);
  assert.match(stderr, /cordon emulate[\s\S]*--url \(CORDON_URL\)/);
});

test('a wrong secret names its option and is not repeated', async (context) => {
  const api = await puppet(context);
  const words = ['machines', '--url', api.url, '--client-secret', 'not-it'];
  const environment = { CORDON_EMULATOR: '1' };
  const { status, stderr } = await runCommand(words, { environment });
  assert.equal(status, 3);
  assert.match(stderr, /AADSTS7000215[\s\S]*--client-secret \(CORDON_CLIENT_SECRET\)/);
  assert.doesNotMatch(stderr, /not-it/);
  const json = await runCommand([...words, '--json'], { environment });
  assert.equal(JSON.parse(json.stderr).error.code, 'invalid_client');
  assert.equal(json.stdout, '');
});

test('credentials come from a file, and option and variable go before it', async (context) => {
  const api = await puppet(context);
  const path = await file(
    context,
    `# administrator\nCORDON_URL=${api.url}\nCORDON_TENANT=t-file\nCORDON_CLIENT_ID=c\nCORDON_CLIENT_SECRET=${EMULATOR.secret}\n`,
  );
  assert.equal((await runCommand(['machines', '--credentials', path])).status, 0);
  assert.equal(api.calls[0]!.path, '/t-file/oauth2/v2.0/token');
  await runCommand(['machines', '--credentials', path], { environment: { CORDON_TENANT: 't-env' } });
  assert.equal(
    api.calls.filter(({ path: at }) => at.endsWith('/token')).at(-1)!.path,
    '/t-env/oauth2/v2.0/token',
  );
});

test('--emulator reaches no server that the environment names, and takes no identity of it', async (context) => {
  const [api, production] = [await puppet(context), await puppet(context)];
  const path = await file(
    context,
    `CORDON_URL=${production.url}\nCORDON_TENANT=t-file\nCORDON_CLIENT_ID=c\nCORDON_CLIENT_SECRET=hidden\n`,
  );
  const environments: Record<string, string>[] = [
    { CORDON_CREDENTIALS: path },
    { CORDON_CREDENTIALS: '/nowhere/file' },
    {
      CORDON_URL: production.url,
      CORDON_TENANT: 't-env',
      CORDON_CLIENT_ID: 'c',
      CORDON_CLIENT_SECRET: 'hidden',
    },
    { CORDON_ACCESS_TOKEN: 'token-1', CORDON_TOKEN_URL: `${production.url}/t/oauth2/v2.0/token` },
  ];
  for (const environment of environments) {
    const before = api.calls.length;
    const ran = await runCommand(['machines', '--emulator', '--url', api.url], { environment });
    assert.equal(ran.status, 0, ran.stderr);
    assert.equal(api.calls[before]!.path, `/${EMULATOR.tenant}/oauth2/v2.0/token`);
  }
  assert.deepEqual(production.calls, []);
});

test('without an address --emulator means the one on this machine, whatever the environment says', () => {
  const environment = { CORDON_URL: 'https://cordon.example.org', CORDON_CREDENTIALS: '/nowhere/file' };
  const values = readValues(CONNECTION, { emulator: true }, environment);
  assert.deepEqual([values.url, values.credentials], [null, null]);
  assert.equal(clientOptions(values, {}).url, EMULATOR.url);
});

test('--emulator excludes another identity on the command line, and --no-emulator nothing', async (context) => {
  const api = await puppet(context);
  for (const option of ['--credentials', '--tenant', '--client-id', '--client-secret', '--access-token']) {
    const { status, stderr } = await runCommand(['machines', '--emulator', '--url', api.url, option, 'x']);
    assert.equal(status, 2, option);
    assert.ok(stderr.includes(`--emulator and ${option} exclude each other`), stderr);
  }
  assert.deepEqual(api.calls, []);
  const environment = { CORDON_EMULATOR: '1', CORDON_ACCESS_TOKEN: 'token-1' };
  const words = ['machines', '--no-emulator', '--url', api.url];
  assert.equal((await runCommand(words, { environment })).status, 0);
});

test('CORDON_EMULATOR leaves what else is given as it is', async (context) => {
  const api = await puppet(context);
  const path = await file(context, `CORDON_URL=${api.url}\nCORDON_TENANT=t-file\n`);
  const environment = { CORDON_EMULATOR: '1', CORDON_CREDENTIALS: path };
  assert.equal((await runCommand(['machines'], { environment })).status, 0);
  assert.equal(api.calls[0]!.path, '/t-file/oauth2/v2.0/token');
});

test('a file that cannot be read is the fault of its option', async () => {
  const credentials = await runCommand(['machines', '--credentials', '/nowhere/file']);
  assert.equal(credentials.status, 2);
  assert.match(credentials.stderr, /--credentials \(CORDON_CREDENTIALS\) names \/nowhere\/file/);
  const ca = await runCommand(['machines', '--emulator', '--ca', '/nowhere/ca.pem']);
  assert.equal(ca.status, 2);
  assert.match(ca.stderr, /--ca \(CORDON_CA\) names/);
});

test('certificates to trust are trusted before the first call', async (context) => {
  const path = await file(context, 'PEM');
  const { trusted } = await runCommand(['machines', '--emulator', '--url', NOWHERE, '--ca', path]);
  assert.deepEqual(trusted, ['PEM']);
});

test('a token from elsewhere is used as it is', async (context) => {
  const api = await puppet(context);
  const environment = { CORDON_ACCESS_TOKEN: 'token-1' };
  assert.equal((await runCommand(['machines', '--url', api.url], { environment })).status, 0);
  assert.ok(api.calls.every(({ path }) => !path.endsWith('/token')));
});

test('the token endpoint can be elsewhere, as the vendor’s is', async (context) => {
  const [api, login] = [await puppet(context), await puppet(context)];
  const words = [
    'machines',
    '--emulator',
    '--url',
    api.url,
    '--token-url',
    `${login.url}/t/oauth2/v2.0/token`,
  ];
  assert.equal((await runCommand(words)).status, 0);
  assert.equal(login.calls.length, 1);
  assert.ok(api.calls.every(({ path }) => !path.endsWith('/token')));
});

test('a secret sent in the clear to another machine is warned of', async () => {
  const words = ['machines', '--emulator', '--url', 'http://cordon.invalid'];
  const { stderr } = await runCommand(words);
  assert.match(stderr, /not encrypted/);
});

test('a pause that the service asks for is told', async (context) => {
  const api = await puppet(context);
  api.force('GET /cordon/v1/machines', {
    status: 429,
    body: wireError('429', 'API calls quota exceeded!'),
    headers: { 'retry-after': '3' },
  });
  const { status, stderr } = await runCommand(['machines', '--emulator', '--url', api.url]);
  assert.equal(status, 0);
  assert.match(stderr, /quota exceeded! Trying again in 3 s/);
});
