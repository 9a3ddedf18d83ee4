/** A browser, an emulator and whoever sits before it: what the journeys through the console are played on. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { buildConsole } from '../../scripts/console/build.ts';
import { isConsoleStale } from '../../scripts/console/stale.mjs';
import { CSRF_HEADER, type WireSession } from '../../src/contract/console.ts';
import { EMULATOR } from '../../src/contract/well-known.ts';
import { ROOT } from '../architecture/source.ts';
import { CHROMIUM } from './chromium.ts';
import { machine, startTestEmulator, type TestEmulator } from './emulator.ts';

/** Milliseconds that a page may take for anything here, on a machine that has much else to do. */
const PATIENCE = 45_000;

export interface Visit extends AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Leads to a page of the console, from the server's root. */
  readonly to: (path: string) => Promise<void>;
  /** The row of a machine in a list. */
  readonly row: (name: string) => Locator;
  readonly dialog: () => Locator;
  /** What a page may not do: errors of its script, violations of the content policy. */
  readonly faults: string[];
}

export interface VisitOptions extends BrowserContextOptions {
  /** A user of the emulator; null for nobody. */
  readonly user?: string | null;
  /** Server that is visited, where it is not the stage's. */
  readonly url?: string;
}

export interface Stage extends AsyncDisposable {
  readonly emulator: TestEmulator;
  readonly browser: Browser;
  readonly visit: (options?: VisitOptions) => Promise<Visit>;
  /** A person with everything but a name: the local administrator, by a one-time link. */
  readonly link: () => Promise<string>;
}

export async function startStage(): Promise<Stage> {
  if (isConsoleStale(ROOT)) await buildConsole(ROOT, join(ROOT, 'dist', 'console'));
  const emulator = await startTestEmulator({ delay: 400 });
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu'],
    // Pages that were left stay open in a person's browser, for the way back.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
  return {
    emulator,
    browser,
    visit: (options = {}) => visit(browser, options.url ?? emulator.url, options),
    link: async () =>
      (await emulator.send('POST', '/cordon/v1/consolelinks', {})).json<{ url: string }>().url,
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await emulator.close();
    },
  };
}

async function visit(
  browser: Browser,
  url: string,
  { user = EMULATOR.responder, url: _url, ...options }: VisitOptions,
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 1400, height: 850 },
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const faults = listen(page);
  if (user !== null) await signIn(context, url, user);
  return {
    context,
    page,
    faults,
    to: async (path) => {
      await page.goto(`${url}${path}`);
    },
    row: (name) => page.locator('.scroller').getByRole('row').filter({ hasText: name }),
    dialog: () => page.getByRole('dialog'),
    [Symbol.asyncDispose]: async () => {
      await context.close();
      assert.deepEqual(faults, []);
    },
  };
}

/** Errors of a page's script and what its content policy refused. Failed calls are logged by the browser, and no fault. */
function listen(page: Page): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`${error.name}: ${error.message}`));
  page.on('dialog', (dialog) => {
    faults.push(`a dialog of the browser: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (line) => {
    if (
      line.type() === 'error' &&
      !/^Failed to load resource|^EventSource's response has a status|ERR_/.test(line.text())
    )
      faults.push(line.text());
  });
  return faults;
}

async function signIn(context: BrowserContext, url: string, user: string): Promise<WireSession> {
  const answer = await context.request.post(`${url}/cordon/v1/session`, {
    headers: { origin: url },
    data: { user, password: EMULATOR.secret },
  });
  assert.equal(answer.status(), 201, await answer.text());
  return (await answer.json()) as WireSession;
}

/** Ends the session of a visit at the server, as its end or another page would. */
export async function endSession({ context }: Visit, url: string): Promise<void> {
  const session = (await (await context.request.get(`${url}/cordon/v1/session`)).json()) as WireSession;
  const answer = await context.request.delete(`${url}/cordon/v1/session`, {
    headers: { origin: url, [CSRF_HEADER]: session.csrfToken },
  });
  assert.equal(answer.status(), 204);
}

/** Asks for an action in the dialog that is open. */
export async function askFor(visit: Visit, title: string, comment: string): Promise<void> {
  const dialog = visit.dialog();
  await dialog.getByLabel('Comment').fill(comment);
  await dialog.locator('footer').getByRole('button', { name: title }).click();
}

export const pageOf = (name: string): string => `/console/machines/${machine(name)}`;
