/** The command as a process: streams, signals, certificates. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import test, { type TestContext } from 'node:test';
import { atEnd } from '../kit/at-end.ts';
import { CORDON } from '../kit/processes.ts';

function start(words: readonly string[], environment: Record<string, string> = {}): ChildProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('CORDON_'));
  const env = { ...Object.fromEntries(inherited), ...environment };
  return spawn(process.execPath, [CORDON, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function finish(child: ChildProcess) {
  const [stdout, stderr, [status, signal]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'close'),
  ]);
  return { stdout, stderr, status, signal };
}

const run = (words: readonly string[], environment?: Record<string, string>) =>
  finish(start(words, environment));

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = '';
  for await (const part of stream.setEncoding('utf8')) all += part;
  return all;
}

/** An emulator on a free port, with what it said until it was up. */
async function emulator(context: TestContext, words: readonly string[] = []) {
  const child = start([
    'emulate',
    '--listen',
    '127.0.0.1:0',
    '--log-level',
    'warn',
    '--delay',
    '0',
    ...words,
  ]);
  atEnd(context, () => child.kill('SIGKILL'));
  let said = '';
  for await (const part of child.stderr!.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    said += part;
    if (said.includes('cordon machines --emulator')) break;
  }
  child.stderr!.resume();
  return { child, said, url: /(https?:\/\/127\.0\.0\.1:\d+)/.exec(said)![1]! };
}

test('the version is that of the package, and help loads no server', async () => {
  assert.match((await run(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
  const { status, stdout, stderr } = await run(['emulate', '--help']);
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, /CORDON_DELAY/);
});

test('a command line that cannot be used ends the process with 2', async () => {
  const { status, stdout, stderr } = await run(['restrict']);
  assert.deepEqual([status, stdout], [2, '']);
  assert.match(stderr, /missing required argument 'machine'/);
});

test('against an emulator a machine is restricted, released and shown', async (context) => {
  const { url, child } = await emulator(context);
  const environment = { CORDON_URL: url, CORDON_EMULATOR: '1' };
  const restricted = await run(['restrict', 'ws-001', '--comment', 'why', '--wait', '--json'], environment);
  assert.deepEqual([restricted.status, JSON.parse(restricted.stdout).status], [0, 'Succeeded']);
  const released = await run(['unrestrict', 'ws-001', '--comment', 'why', '--wait'], environment);
  assert.equal(released.status, 0);
  assert.match(released.stderr, /Succeeded +ws-001\.cordon\.test/);
  const shown = await run(['action', JSON.parse(restricted.stdout).id.slice(0, 18)], environment);
  assert.match(shown.stdout, /History[\s\S]*passed/);
  const listed = await run(['machines', '--json'], environment);
  assert.equal(JSON.parse(listed.stdout).length, 27);
  const failed = await run(['restrict', 'ws-failing', '--comment', 'why', '--wait'], environment);
  assert.equal(failed.status, 1);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('a signal while waiting ends with 130', async (context) => {
  const { url } = await emulator(context);
  const child = start(['restrict', 'ws-offline', '--comment', 'why', '--wait'], {
    CORDON_URL: url,
    CORDON_EMULATOR: '1',
  });
  child.stderr!.once('data', () => child.kill('SIGINT'));
  const { status, stderr } = await finish(child);
  assert.equal(status, 130);
  assert.match(stderr, /Interrupted/);
});

test('a certificate that nobody vouches for is refused with the remedy, and trusted by --ca', async (context) => {
  const { url, said } = await emulator(context, ['--tls', 'self-signed']);
  const environment = { CORDON_URL: url, CORDON_EMULATOR: '1' };
  const refused = await run(['machines'], environment);
  assert.equal(refused.status, 3);
  assert.match(refused.stderr, /is not trusted[\s\S]*--ca FILE \(CORDON_CA\)/);
  const file = /(\/\S+\.pem)/.exec(said)![1]!;
  const trusted = await run(['machines', '--ca', file], environment);
  assert.deepEqual([trusted.status, trusted.stderr], [0, '']);
});

test('a reader that has seen enough is no failure', async (context) => {
  const { url } = await emulator(context);
  const child = start(['machines'], { CORDON_URL: url, CORDON_EMULATOR: '1' });
  child.stdout!.destroy();
  const [[status], stderr] = await Promise.all([once(child, 'exit'), text(child.stderr!)]);
  assert.deepEqual([status, stderr], [0, '']);
});
