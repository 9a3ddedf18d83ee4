import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import test, { describe, type TestContext } from 'node:test';
import { brotliCompressSync, gunzipSync } from 'node:zlib';
import { FIRST_READ } from '../../../src/contract/console.ts';
import { atEnd } from '../../kit/at-end.ts';
import { scratchDirectory } from '../../kit/leftovers.ts';
import { startWorld, type World } from '../../kit/world.ts';

const INDEX = '<!doctype html><title>console of the test</title>';
const SCRIPT = `${'export const x = 1;\n'.repeat(200)}`;
const MANIFEST = {
  _first: { name: 'first', file: 'assets/index-Ab12.js', imports: ['_run'] },
  _run: { name: 'run', file: 'assets/run-Gh78.js' },
  _pages: { name: 'pages', file: 'assets/pages-Cd34.js', imports: ['_first', '_run'] },
  _way: { name: 'sign-in', file: 'assets/sign-in-Ef56.js', imports: ['_first'] },
  _actions: { name: 'actions-page', file: 'assets/actions-Ij90.js', imports: ['_time', '_pages'] },
  _time: { name: 'time', file: 'assets/time-Kl12.js', imports: ['_run'] },
};
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** A built console, with what must not be served beside and in it. */
function built(context: TestContext): string {
  const scratch = scratchDirectory('console');
  atEnd(context, () => scratch.remove());
  const folder = join(scratch.path, 'console');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(scratch.path, 'secret.txt'), 'not to be served');
  writeFileSync(join(folder, 'index.html'), INDEX);
  writeFileSync(join(folder, 'assets', 'index-Ab12.js'), SCRIPT);
  writeFileSync(join(folder, 'assets', 'index-Ab12.js.br'), brotliCompressSync(SCRIPT));
  mkdirSync(join(folder, '.vite'));
  writeFileSync(join(folder, '.vite', 'manifest.json'), JSON.stringify(MANIFEST));
  writeFileSync(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(folder, 'unknown.sh'), 'echo no');
  symlinkSync(join(scratch.path, 'secret.txt'), join(folder, 'link.txt'));
  return folder;
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

/** A request whose path goes out as it is written. */
function ask(
  world: World,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(world.url);
    request({ hostname, port, path, headers, method }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      );
    })
      .on('error', reject)
      .end();
  });
}

function assertGuarded({ headers }: Answer, path: string): void {
  assert.equal(headers['content-security-policy'], POLICY, path);
  assert.equal(headers['x-content-type-options'], 'nosniff', path);
  assert.equal(headers['referrer-policy'], 'no-referrer', path);
  assert.equal(headers['cross-origin-opener-policy'], 'same-origin', path);
}

describe('the files of the console', () => {
  test('are the index for every page, and the built files by their names, each under the strict policy', async (context) => {
    await using world = await startWorld({ consoleFolder: built(context) });
    for (const path of [
      '/console/',
      '/console',
      '/console/machines',
      '/console/actions/a/b?c=d',
      '/console/machines/%E0%A4%A',
    ]) {
      const answer = await ask(world, path);
      assert.deepEqual([answer.status, answer.body.toString()], [200, INDEX], path);
      assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8');
      assert.equal(answer.headers['cache-control'], 'no-cache');
      assertGuarded(answer, path);
    }
    const icon = await ask(world, '/console/favicon.svg');
    assert.deepEqual(
      [icon.status, icon.headers['content-type'], icon.headers['cache-control']],
      [200, 'image/svg+xml', 'no-cache'],
    );
    assertGuarded(icon, 'icon');
    const root = await ask(world, '/');
    assert.deepEqual([root.status, root.headers.location], [302, '/console/']);
    assertGuarded(root, '/');
  });

  test('name what the page reads first: a list to a browser that may be signed in, the ways to sign in to any other', async (context) => {
    const folder = built(context);
    await using world = await startWorld({ consoleFolder: folder });
    const cookie = { cookie: 'cordon-session=anything' };
    const preload = (address: string) => `<${address}>; rel=preload; as=fetch; crossorigin`;
    const script = (file: string) => `</console/assets/${file}>; rel=modulepreload; crossorigin`;
    const pages = `${script('pages-Cd34.js')}, ${preload(FIRST_READ.session)}`;
    const way = `${script('sign-in-Ef56.js')}, ${preload(FIRST_READ.session)}, ${preload(FIRST_READ.ways)}`;
    const both = `${pages}, ${preload(FIRST_READ.machines)}`;
    for (const path of ['/console/', '/console', '/console/machines?search=a'])
      assert.equal((await ask(world, path, cookie)).headers.link, both, path);
    const actions = await ask(world, '/console/actions', cookie);
    const ofActions = `${script('actions-Ij90.js')}, ${script('time-Kl12.js')}, ${preload(FIRST_READ.session)}`;
    assert.equal(actions.headers.link, `${script('pages-Cd34.js')}, ${ofActions}`);
    assert.equal((await ask(world, '/console/elsewhere', cookie)).headers.link, pages);
    assert.equal(actions.headers.vary, 'Accept-Encoding, Cookie');
    assert.equal((await ask(world, '/console/machines')).headers.link, way);
    assert.equal((await ask(world, '/console/favicon.svg', cookie)).headers.link, undefined);
    await using answered = await startWorld();
    for (const address of [FIRST_READ.machines, FIRST_READ.ways])
      assert.equal((await answered.get(address)).status, 200, `${address} is served`);
    rmSync(join(folder, '.vite'), { recursive: true });
    await using bare = await startWorld({ consoleFolder: folder });
    assert.equal(
      (await ask(bare, '/console/actions', cookie)).headers.link,
      preload(FIRST_READ.session),
      'no manifest',
    );
  });

  test('travel compressed where the browser takes it, are kept for ever under a hashed name, and asked for by tag', async (context) => {
    await using world = await startWorld({ consoleFolder: built(context) });
    const path = '/console/assets/index-Ab12.js';
    const brotli = await ask(world, path, { 'accept-encoding': 'gzip, br' });
    assert.equal(brotli.headers['content-encoding'], 'br');
    assert.equal(brotli.headers['cache-control'], 'public, max-age=31536000, immutable');
    const zipped = await ask(world, path, { 'accept-encoding': 'gzip;q=1, br;q=0' });
    assert.equal(gunzipSync(zipped.body).toString(), SCRIPT);
    const plain = await ask(world, path);
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.equal(plain.body.toString(), SCRIPT);
    const tag = String(zipped.headers.etag);
    const held = await ask(world, path, { 'accept-encoding': 'gzip', 'if-none-match': `"x", ${tag}` });
    assert.deepEqual([held.status, held.body.length], [304, 0]);
    assertGuarded(held, path);
    assert.equal((await ask(world, path, { 'if-none-match': tag })).status, 200, 'another coding');
    const head = await ask(world, path, {}, 'HEAD');
    assert.deepEqual([head.status, head.body.length], [200, 0]);
  });

  test('are nothing but what was built: no path leads out, no link, no unknown kind of file', async (context) => {
    await using world = await startWorld({ consoleFolder: built(context) });
    const paths = [
      '/console/../secret.txt',
      '/console/%2e%2e/secret.txt',
      '/console/..%2fsecret.txt',
      '/console/%2e%2e%2fsecret.txt',
      '/console/..%5csecret.txt',
      '/console/assets/../../secret.txt',
      '/console/assets/..%2f..%2fsecret.txt',
      '/console//etc/passwd',
      '/console/%2fetc%2fpasswd',
      '/console/link.txt',
      '/console/unknown.sh',
      '/console/assets/gone-9.js',
      '/console/index.html%00.txt',
      '/console/__proto__',
    ];
    for (const path of paths) {
      const answer = await ask(world, path);
      const text = answer.body.toString();
      assert.ok(
        !text.includes('not to be served') && !text.includes('root:') && !text.includes('echo'),
        path,
      );
      assert.ok(
        text === INDEX || answer.status === 404 || answer.status === 400,
        `${path}: ${answer.status}`,
      );
      assertGuarded(answer, path);
    }
    assert.equal((await ask(world, '/console/assets/gone-9.js')).status, 404);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const answer = await ask(world, '/console/machines', {}, method);
      assert.deepEqual([answer.status, answer.headers.allow], [405, 'GET, HEAD']);
      assertGuarded(answer, method);
    }
  });

  test('are read again when another console was built', async (context) => {
    const folder = built(context);
    await using world = await startWorld({ consoleFolder: folder });
    assert.equal((await ask(world, '/console/')).body.toString(), INDEX);
    writeFileSync(join(folder, 'index.html'), 'another');
    utimesSync(join(folder, 'index.html'), 1, 1);
    assert.equal((await ask(world, '/console/')).body.toString(), 'another');
  });

  test('where nothing was built, a page says what to do, and the rest of the server serves', async () => {
    await using world = await startWorld({ consoleFolder: '/nowhere/at/all' });
    for (const path of ['/console/', '/console/machines']) {
      const answer = await ask(world, path);
      assert.equal(answer.status, 503);
      assert.match(answer.body.toString(), /npm run console:build/);
      assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8');
      assertGuarded(answer, path);
    }
    assert.equal((await world.get('/api/machines')).status, 200);
  });
});
