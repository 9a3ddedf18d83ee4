/**
 * `npm run console:measure`: how soon the first page can be used, with the emulator's own machines and with ten thousand that
 * do not answer. The server is a process of its own. Needs Debian's chromium; wall time counts where nothing else runs.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { firstPageWords, measureFirstPage } from './console/first-page.ts';

const VISITS = 5;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const scratch = mkdtempSync(join(tmpdir(), 'cordon-first-page-'));
const large = join(scratch, 'fleet.json');
writeFileSync(
  large,
  JSON.stringify({ machines: [{ name: 'ws-#####.example.test', count: 10_000, behaviour: 'offline' }] }),
);
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  // The browser's own start is no part of it.
  await (await browser.newPage()).close();
  for (const [what, words] of [
    ["the emulator's machines", []],
    ['10,000 machines', ['--fleet', large]],
  ] as const) {
    const { server, url } = await start(words);
    try {
      console.log(
        `${what}, median of ${VISITS}: ${firstPageWords(await measureFirstPage(browser, url, VISITS))}`,
      );
    } finally {
      server.kill('SIGTERM');
    }
  }
} finally {
  await browser.close();
  rmSync(scratch, { recursive: true, force: true });
}

function start(words: readonly string[]): Promise<{ server: ChildProcess; url: string }> {
  const server = spawn(
    process.execPath,
    [join(root, 'src/bin/start.cjs'), 'emulate', '--listen', '127.0.0.1:0', '--log-level', 'warn', ...words],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  return new Promise((resolve, reject) => {
    let said = '';
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const url = / machines at (\S+)/.exec(said)?.[1];
      if (url !== undefined) resolve({ server, url });
    });
    server.once('exit', () => reject(new Error(`The emulator did not start: ${said}`)));
  });
}
