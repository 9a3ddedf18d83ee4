/**
 * `npm run console:screenshots`: the pictures of the console in docs/images, from an emulator with a fleet that has something
 * to show. Needs Debian's chromium.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { EMULATOR } from '../src/contract/well-known.ts';
import { CHROMIUM } from '../test/kit/chromium.ts';
import { startLocalEmulator } from '../test/kit/local-emulator.ts';
import { buildConsole } from './console/build.ts';
import { FLEET, play } from './console/scene.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const images = join(root, 'docs', 'images');
const scratch = mkdtempSync(join(tmpdir(), 'cordon-screenshots-'));
const fleetFile = join(scratch, 'fleet.json');
writeFileSync(fleetFile, JSON.stringify(FLEET));
mkdirSync(images, { recursive: true });
await buildConsole(root, join(root, 'dist', 'console'));

const emulator = await startLocalEmulator({ fleetFile });
const url = emulator.server.localUrl;
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
try {
  const machine = await play(url);
  const wide = { viewport: { width: 1280, height: 720 }, deviceScaleFactor: 1.5 } as const;
  await take('console-machines', { ...wide, colorScheme: 'light' }, async (page) => {
    await page.goto(`${url}/console/machines?sort=state`);
    await page.getByText('Restricted, proven').first().waitFor();
  });
  await take('console-machine', { ...wide, colorScheme: 'light' }, async (page) => {
    await page.goto(`${url}/console/machines/${machine}`);
    await page.locator('.evidence').first().waitFor({ state: 'attached' });
  });
  await take('console-restrict', { ...wide, colorScheme: 'dark' }, async (page) => {
    await page.goto(`${url}/console/machines?search=finance`);
    await page.getByText('9 of 29 machines').waitFor();
    for (const box of (await page.getByRole('checkbox', { name: /^Select fin/ }).all()).slice(0, 3))
      await box.click();
    await page.locator('.selection').getByRole('button', { name: 'Restrict app execution' }).click();
    await page.getByLabel('Comment').fill('ticket 8841: ransomware on the finance floor');
    await page.getByLabel('The restriction ends').selectOption('PT4H');
  });
  const phone = {
    viewport: { width: 390, height: 780 },
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
  };
  await take('console-phone', { ...phone, colorScheme: 'dark' }, async (page) => {
    await page.goto(`${url}/console/machines?sort=state`);
    await page.getByText('Restricted, proven').first().waitFor();
  });
} finally {
  await browser.close();
  await emulator.close();
  rmSync(scratch, { recursive: true, force: true });
}

/** Writes one picture. WebP is a quarter of the size of PNG, and every browser and forge shows it. */
async function take(
  name: string,
  options: BrowserContextOptions,
  open: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ ...options, reducedMotion: 'reduce', timezoneId: 'UTC' });
  const answer = await context.request.post(`${url}/cordon/v1/session`, {
    headers: { origin: url },
    data: { user: EMULATOR.responder, password: EMULATOR.secret },
  });
  if (answer.status() !== 201) throw new Error(await answer.text());
  const page = await context.newPage();
  await open(page);
  await page.evaluate('document.fonts.ready.then(() => new Promise((drawn) => setTimeout(drawn, 300)))');
  const devtools = await context.newCDPSession(page);
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: 82 });
  const file = join(images, `${name}.webp`);
  const content = Buffer.from(data, 'base64');
  writeFileSync(file, content);
  console.log(`${file} ${(content.length / 1000).toFixed(0)} KB`);
  await context.close();
}
