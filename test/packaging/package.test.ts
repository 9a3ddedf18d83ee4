/** The package of npm as it is emitted, run outside of the repository. `npm run pack:try` installs it with npm besides. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import { client } from '../../src/sdk/index.ts';
import { sourcesBelow } from '../architecture/source.ts';
import { atEnd } from '../kit/at-end.ts';
import { dyingWithUs, scratchDirectory } from '../kit/leftovers.ts';
import { follow, withoutCordon } from '../kit/processes.ts';
import { readAdministrator } from '../kit/server-process.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const scratch = scratchDirectory('package');
const folder = join(scratch.path, 'package');
const command = join(folder, 'lib/bin/start.cjs');

function run(words: readonly string[], environment: Record<string, string> = {}, program = command) {
  const env = { ...withoutCordon(process.env), ...environment };
  return spawnSync(process.execPath, [program, ...words], { encoding: 'utf8', cwd: tmpdir(), env });
}

describe('the emitted package', { timeout: 120_000 }, () => {
  before(() => {
    const built = spawnSync(process.execPath, [join(ROOT, 'scripts/build.ts'), '--output', folder], {
      encoding: 'utf8',
    });
    assert.equal(built.status, 0, built.stderr);
  });
  after(() => scratch.remove());

  test('it serves with its workers and migrations, answers what needs each, and ends with 0', async () => {
    const data = join(scratch.path, 'data');
    const words = [command, 'serve', '--data', data, '--listen', '127.0.0.1:0', '--rate-limit', 'off'];
    const [program = '', ...args] = dyingWithUs([process.execPath, ...words]);
    const running = follow(
      spawn(program, args, {
        cwd: scratch.path,
        env: withoutCordon(process.env),
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
    const { url } = (await running.logged(({ msg }) => msg === 'Cordon serves')) as { url: string };
    assert.equal(run(['health', '--url', url]).stdout, 'ready\n');
    const pages = await fetch(`${url}/console/`);
    assert.match(await pages.text(), /<div id="console"><\/div>/);
    assert.match(readFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), 'utf8'), /^react-dom \d/m);
    const api = client({ url, credentials: { ...(await readAdministrator(data)) } });
    await api.applications.create({ displayName: 'packed', permissions: ['Machine.Read.All'] });
    // Written by one worker, read by the other: no index serves a search within texts.
    for await (const found of api.actions({ filter: "contains(requestorComment,'x')", orderBy: 'requestor' }))
      assert.fail(JSON.stringify(found));
    await assert.rejects(api.restrict('nobody', { comment: 'x' }), { code: 'ResourceNotFound' });
    running.child.kill('SIGTERM');
    assert.deepEqual(await running.exit, { status: 0, signal: null });
    assert.doesNotMatch(running.output().stderr, /"level":(50|60)|Error/);
    const { status, stderr } = run(['health', '--url', url]);
    assert.equal(status, 3);
    assert.match(stderr, /No server answers at http.*ECONNREFUSED/);
  });

  test('every part of it can be loaded, also of verbs that nothing else runs from it', () => {
    const chunks = join(folder, 'lib/chunks');
    const load = `for (const name of fs.readdirSync(${JSON.stringify(chunks)})) await import(${JSON.stringify(`${chunks}/`)} + name)`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', load], {
      encoding: 'utf8',
      env: withoutCordon(process.env),
    });
    assert.equal(status, 0, stderr);
  });

  test('it needs nothing that is not in it but packages for types, and names a licence for each package in it', () => {
    const { dependencies, bin, exports, optionalDependencies } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    assert.equal(optionalDependencies, undefined);
    assert.deepEqual(Object.keys(dependencies), ['typebox']);
    for (const file of [bin.cordon, exports['.'].types, exports['.'].default])
      assert.ok(existsSync(join(folder, file)), file);
    const notices = readFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    for (const name of ['fastify', 'ajv', 'jose', 'pg', 'pino', 'commander'])
      assert.match(notices, new RegExp(`^${name} \\d`, 'm'));
  });

  test('the version is shown wherever it is started from, and a verb of the agent keeps no compiled code', () => {
    const home = join(scratch.path, 'home');
    mkdirSync(home, { mode: 0o700 });
    const kept = () => existsSync(join(home, '.cache/cordon'));
    const environment = { HOME: home, XDG_CACHE_HOME: '', NODE_COMPILE_CACHE: '' };
    assert.equal(run(['agent', '--help'], environment).status, 0);
    assert.equal(kept(), false);
    assert.match(run(['--version'], environment).stdout, /^\d+\.\d+\.\d+\n$/);
    // The scratch directory lies in one for everybody, where only the owner may rename what is his.
    assert.equal(kept(), process.platform !== 'win32');
  });

  test('compiled code is not kept where others may write, nor is that a failure', () => {
    const home = join(scratch.path, 'shared');
    mkdirSync(home);
    chmodSync(home, 0o777);
    for (const HOME of [home, '/dev/null/nowhere']) {
      const { status, stderr } = run(['--version'], { HOME, XDG_CACHE_HOME: '', NODE_COMPILE_CACHE: '' });
      assert.deepEqual([status, stderr], [0, '']);
      assert.equal(existsSync(join(HOME, '.cache/cordon/compiled')), false);
    }
  });
});

test('an older Node is told which one is needed', (context) => {
  const { path, remove } = scratchDirectory('older');
  atEnd(context, remove);
  const file = join(path, 'pretend.cjs');
  const start = JSON.stringify(join(ROOT, 'src/bin/start.cjs'));
  writeFileSync(
    file,
    `Object.defineProperty(process.versions, 'node', { value: '20.1.0' }); require(${start});`,
  );
  const { status, stdout, stderr } = run(['--version'], {}, file);
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /^cordon: Node\.js 26 or later is needed; this is .*\n.*nodejs\.org/);
});

test('every worker is named in the way by which the build finds it', () => {
  const workers = sourcesBelow('src')
    .map(({ path }) => [path, readFileSync(join(ROOT, path), 'utf8')] as const)
    .filter(([, text]) => /new Worker\(/.test(text));
  assert.ok(workers.length > 0);
  for (const [path, text] of workers) {
    const made = text.match(/new Worker\(/g)!.length;
    assert.equal(
      text.match(/new Worker\(new URL\(`\.\/[\w-]+\$\{extension\(\)\}`, import\.meta\.url\)/g)?.length,
      made,
      path,
    );
  }
});
