import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { chromium } from 'playwright-core';
import { rolldown } from 'rolldown';
import type { RunningEmulator } from '../../src/emulator/emulate.ts';
import { Cordon } from '../../src/sdk/index.ts';
import { ROOT } from '../architecture/source.ts';
import { startApiServer } from '../kit/api-server.ts';
import { atEnd } from '../kit/at-end.ts';
import { CHROMIUM } from '../kit/chromium.ts';
import { EMULATOR_APPLICATIONS } from '../kit/emulator-process.ts';
import { startLocalEmulator } from '../kit/local-emulator.ts';
import { startPageServer } from '../kit/page-server.ts';

const PAGE = join(ROOT, 'examples', 'sdk', 'page');

test('every piece of code in docs/sdk.md is a part of the example that it names', () => {
  const page = readFileSync(join(ROOT, 'docs', 'sdk.md'), 'utf8');
  const pieces = [...page.matchAll(/<!-- from: (\S+) -->\n```ts\n([\s\S]*?)```/g)];
  assert.equal(pieces.length, 4);
  for (const [, file, code] of pieces) {
    assert.ok(readFileSync(join(ROOT, file!), 'utf8').includes(code!), file!);
  }
});

describe('the examples of docs/sdk.md', () => {
  let emulator: RunningEmulator;
  let url: string;

  before(async () => {
    emulator = await startLocalEmulator();
    url = emulator.server.localUrl;
  });
  after(() => emulator.close());

  test('contain.ts restricts and releases a machine, and shows the proof', async () => {
    const { status, output, errors } = await runExample('contain.ts', url, 'ws-001.cordon.test');
    assert.deepEqual({ status, errors }, { status: 0, errors: '' });
    assert.match(
      output,
      /^Pending\n(InProgress\n)?Succeeded\nPending\n(InProgress\n)?Succeeded\nPending \| /,
    );
    assert.match(output, /Succeeded \| .* \| .*: /);
  });

  test('contain.ts says the code of what was refused', async () => {
    const { status, errors } = await runExample('contain.ts', url, 'nowhere.cordon.test');
    assert.equal(status, 1);
    assert.match(errors, /^ResourceNotFound: /);
  });

  test('report.ts lists who restricted what, and what is restricted', async () => {
    await runExample('contain.ts', url, 'ws-002.cordon.test');
    const { status, output, errors } = await runExample('report.ts', url, '2026-01-01');
    assert.deepEqual({ status, errors }, { status: 0, errors: '' });
    assert.match(output, /^ws-002\.cordon\.test Succeeded by .*: ticket 8841: malware$/m);
  });

  test('vendor.ts lists what is under way at a service that speaks the vendor’s wire alone', async (context) => {
    const api = await startApiServer();
    atEnd(context, () => api[Symbol.asyncDispose]());
    api.vendorOnly = true;
    api.path = [];
    const cordon = new Cordon({ url: api.url, credentials: EMULATOR_APPLICATIONS.full });
    await cordon.restrict('ws-001.cordon.test', { comment: 'why' });
    const { tenant, clientId, clientSecret } = EMULATOR_APPLICATIONS.full;
    const { status, output, errors } = await run('vendor.ts', [], {
      DEFENDER_URL: api.url,
      DEFENDER_TENANT: tenant,
      DEFENDER_CLIENT_ID: clientId,
      DEFENDER_CLIENT_SECRET: clientSecret,
    });
    assert.deepEqual({ status, errors }, { status: 0, errors: '' });
    assert.equal(output, 'RestrictCodeExecution of ws-001.cordon.test: Pending\n');
  });

  const skip = existsSync(CHROMIUM) ? false : `needs ${CHROMIUM}`;
  test('the page restricts a machine from a browser', { skip }, async () => {
    const bundle = await rolldown({ input: join(PAGE, 'page.ts'), platform: 'browser', logLevel: 'silent' });
    const { output } = await bundle.generate({ format: 'esm' });
    await bundle.close();
    const files = {
      '/': { type: 'text/html', text: readFileSync(join(PAGE, 'index.html'), 'utf8') },
      '/page.js': { type: 'text/javascript', text: output[0].code },
      '/favicon.ico': { type: 'image/x-icon', text: '' },
    };
    await using server = await startPageServer(url, files, () => tokenOf(url));
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (line) => void (line.type() === 'error' && faults.push(line.text())));
      await page.goto(server.url);
      const log = page.locator('#log');
      await log.filter({ hasText: /(\S+\.cordon\.test\n){3}/ }).waitFor();
      await page.fill('[name=machine]', 'ws-003.cordon.test');
      await page.fill('[name=comment]', 'from a page');
      await page.click('button');
      await log.filter({ hasText: 'ws-003.cordon.test: Succeeded' }).waitFor();
      await page.fill('[name=machine]', 'nowhere.cordon.test');
      await page.click('button');
      await log.filter({ hasText: 'refused: ' }).waitFor();
      assert.deepEqual(
        faults.filter((text) => !text.includes('404')),
        [],
      );
    } finally {
      await browser.close();
    }
  });
});

interface Ended {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

const runExample = (file: string, url: string, ...words: string[]) => run(file, words, { CORDON_URL: url });

function run(file: string, words: readonly string[], given: Record<string, string>): Promise<Ended> {
  const environment = Object.entries(process.env).filter(([name]) => !name.startsWith('CORDON_'));
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(ROOT, 'examples', 'sdk', file), ...words],
      { env: { ...Object.fromEntries(environment), ...given }, encoding: 'utf8' },
      (error, output, errors) => resolve({ status: error === null ? 0 : Number(error.code), output, errors }),
    );
  });
}

/** What the page's own server does for the person who is signed in there. */
async function tokenOf(url: string): Promise<string> {
  const { tenant, clientId, clientSecret } = EMULATOR_APPLICATIONS.full;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: 'https://api.securitycenter.microsoft.com/.default',
  });
  const answer = await fetch(`${url}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body });
  return ((await answer.json()) as { access_token: string }).access_token;
}
