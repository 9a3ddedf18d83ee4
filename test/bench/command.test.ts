/** `npm run bench` as its user meets it: small sizes, real processes. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import { undoAtEnd } from '../kit/leftovers.ts';

const BENCH = fileURLToPath(new URL('../../bench/index.ts', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'cordon-bench-command-'));
after(() => rmSync(directory, { recursive: true }));

function bench(...words: string[]) {
  const child = spawn(process.execPath, [BENCH, '--directory', directory, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.once(
    'exit',
    undoAtEnd(() => child.kill('SIGKILL')),
  );
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]!.setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
  return { child, written, ended: once(child, 'close').then(([status]) => ({ status, ...written })) };
}

describe('npm run bench', { timeout: 480_000 }, () => {
  test('teaches its parts, figures, bars and sizes', async () => {
    const { status, stdout } = await bench('--help').ended;
    assert.equal(status, 0);
    for (const word of ['submitVsPrism (≥ 10)', 'bytesPerDeviceTls', '--json', '--devices N', 'Exit status'])
      assert.ok(stdout.includes(word), word);
  });

  test('refuses what it does not know before anything is measured', async () => {
    const { status, stderr } = await bench('start', '--starts', 'many').ended;
    assert.equal(status, 2);
    assert.match(stderr, /--starts is a whole number from 1, not many\.\n.*--help/);
  });

  test('gives the figures asked for as one JSON object, and leaves nothing behind', {
    timeout: 300_000,
  }, async () => {
    const { status, stdout, stderr } = await bench('startMs', '--starts', '1', '--json').ended;
    assert.equal(status, 0, stderr);
    const { startMs, reasons, details, sizes, ...more } = JSON.parse(stdout);
    assert.ok(startMs > 0);
    assert.deepEqual([reasons, details, sizes.starts, more], [{}, {}, 1, {}]);
    assert.match(stderr, /^00:\d\d start: start 1: \d+ ms$/m);
    assert.deepEqual(readdirSync(directory), []);
  });

  test('ends its processes and removes its files when it is asked to end', { timeout: 300_000 }, async () => {
    const { child, written, ended } = bench('start', '--json');
    await said(child, written, 'first start');
    const [scratch] = readdirSync(directory);
    assert.ok(scratch !== undefined);
    const before = processesOf(scratch);
    if (process.platform === 'linux') assert.ok(before.length > 0);
    child.kill('SIGTERM');
    const { status, stdout } = await ended;
    assert.equal(status, 143);
    assert.equal(stdout, '');
    assert.equal(existsSync(join(directory, scratch)), false);
    assert.deepEqual(processesOf(scratch), []);
  });
});

async function said(child: ChildProcess, written: { stderr: string }, text: string): Promise<void> {
  while (!written.stderr.includes(text)) await once(child.stderr!, 'data');
}

/** Ids of processes whose command line names the directory. */
function processesOf(name: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').filter((id) => /^\d+$/.test(id) && commandOf(id).includes(name));
}

function commandOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
