import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import type { RunningEmulator } from '../src/emulator/emulate.ts';
import { ROOT } from './architecture/source.ts';
import { startQuietEmulator } from './kit/emulator.ts';

interface Ended {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

/** By example, the programs that it needs. */
const EXAMPLES: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'release.py': ['python3'],
  'release.sh': ['bash', 'curl', 'jq'],
};

for (const [file, programs] of Object.entries(EXAMPLES)) {
  const missing = programs.filter((program) => spawnSync(program, ['--version']).error !== undefined);
  describe(`examples/${file}`, { skip: missing.length > 0 && `needs ${missing.join(', ')}` }, () => {
    let emulator: RunningEmulator;

    before(async () => {
      emulator = await startQuietEmulator();
    });
    after(() => emulator.close());

    const run = (...words: string[]) => runExample(programs[0], file, words, emulator.server.localUrl);

    test('releases a device and ends with 0 once it is proven', async () => {
      const { status, output, errors } = await run('ws-001.cordon.test', `cleaned, it's "proven"`);
      assert.deepEqual({ status, errors }, { status: 0, errors: '' });
      assert.match(output, /Succeeded\n$/);
    });

    test('tells a device that failed by its exit status', async () => {
      const { status, output } = await run('ws-failing.cordon.test', 'cleaned');
      assert.equal(status, 1);
      assert.match(output, /Failed\n$/);
    });

    test('shows what the server said when it refused', async () => {
      const { status, output, errors } = await run('ws-unsupported.cordon.test', 'cleaned');
      assert.notEqual(status, 0);
      assert.match(errors, /OsPlatformNotSupported/);
      assert.doesNotMatch(output, /Succeeded/);
    });

    test('says that there is no such machine', async () => {
      const { status, errors } = await run('nowhere.cordon.test', 'cleaned');
      assert.equal(status, 1);
      assert.match(errors, /no machine named nowhere\.cordon\.test/);
    });
  });
}

function runExample(program: string, file: string, words: readonly string[], url: string): Promise<Ended> {
  const environment = Object.entries(process.env).filter(([name]) => !name.startsWith('CORDON_'));
  return new Promise((resolve) => {
    execFile(
      program,
      [join(ROOT, 'examples', file), ...words],
      { env: { ...Object.fromEntries(environment), CORDON_URL: url }, encoding: 'utf8' },
      (error, output, errors) => resolve({ status: error === null ? 0 : Number(error.code), output, errors }),
    );
  });
}
