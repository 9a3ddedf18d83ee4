/**
 * `npm run console:measure`: how soon the console can be used by a browser that has nothing of it yet: the list with the
 * emulator's own machines and with ten thousand that do not answer, the sign-in, the action center; and the list by one that nobody
 * drives, which is what people have. The server is a process of its own. Needs Debian's chromium; wall time counts where nothing else runs.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { CHROMIUM } from '../test/kit/chromium.ts';
import { startEmulatorProcess } from '../test/kit/emulator-process.ts';
import { firstPageWords, measureFirstPage, PLACES } from './console/first-page.ts';
import { measureUndriven } from './console/undriven.ts';

const VISITS = 5;
const scratch = mkdtempSync(join(tmpdir(), 'cordon-first-page-'));
const large = join(scratch, 'fleet.json');
writeFileSync(
  large,
  JSON.stringify({ machines: [{ name: 'ws-#####.example.test', count: 10_000, behaviour: 'offline' }] }),
);
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  // The browser's own start is no part of it.
  await (await browser.newPage()).close();
  for (const [what, words] of [
    ["the emulator's machines", []],
    ['10,000 machines', ['--fleet', large]],
  ] as const) {
    await using emulator = await startEmulatorProcess(words);
    const measured = await measureFirstPage(browser, emulator.url, VISITS);
    console.log(`${what}, median of ${VISITS}: ${firstPageWords(measured)}`);
    const { drawn, usable } = await measureUndriven(emulator.url, VISITS);
    console.log(
      `${what}, nobody drives the browser: drawn after ${drawn.toFixed(0)} ms, usable after ${usable.toFixed(0)} ms`,
    );
    if (words.length > 0) continue;
    for (const [other, place] of [
      ['the sign-in, for nobody', PLACES.signIn],
      ['the action center', PLACES.actions],
    ] as const)
      console.log(
        `${other}, median of ${VISITS}: ${firstPageWords(await measureFirstPage(browser, emulator.url, VISITS, place))}`,
      );
  }
} finally {
  await browser.close();
  rmSync(scratch, { recursive: true, force: true });
}
