/** How soon the page of machines can be used by a browser that has nothing of it yet. */
import type { Browser } from 'playwright-core';
import { EMULATOR } from '../../src/contract/well-known.ts';

export interface FirstPage {
  /** Milliseconds from the navigation until rows are drawn and the search takes what is typed. */
  readonly usable: number;
  /** Milliseconds of processor time of the page's own thread until then. */
  readonly processor: number;
  /** Milliseconds from the navigation until every machine is in the list. */
  readonly complete: number;
  /** Kilobytes of script, as they were sent. */
  readonly script: number;
}

/** Looks once a frame, in the page, so that nothing that asks from outside is counted. */
const WATCH = `{
  const seen = (globalThis.cordonSeen = {});
  const look = () => {
    const now = performance.now();
    const text = document.querySelector('.machines-page .summary p')?.textContent ?? '';
    if (document.querySelector('.scroller .row') && document.querySelector('.find input')) seen.usable ??= now;
    if (/^[1-9][0-9,]* machines?$/.test(text)) seen.complete ??= now;
    if (seen.complete === undefined) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}`;

/** Visits the page as the emulator's responder, in a context of its own. @param url of an emulator */
export async function visitFirstPage(browser: Browser, url: string): Promise<FirstPage> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 850 } });
  try {
    const entered = await context.request.post(`${url}/cordon/v1/session`, {
      headers: { origin: url },
      data: { user: EMULATOR.responder, password: EMULATOR.secret },
    });
    if (!entered.ok()) throw new Error(await entered.text());
    const page = await context.newPage();
    await page.addInitScript(WATCH);
    const devtools = await context.newCDPSession(page);
    await devtools.send('Network.enable');
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    const scripts = new Set<string>();
    let script = 0;
    devtools.on('Network.responseReceived', ({ requestId, response }) => {
      if (response.mimeType.includes('javascript')) scripts.add(requestId);
    });
    devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (scripts.has(requestId)) script += encodedDataLength / 1000;
    });
    await page.goto(`${url}/console/machines`);
    await page.locator('.scroller .row').first().waitFor();
    const { metrics } = await devtools.send('Performance.getMetrics');
    const loaded = script;
    await page.getByText(/^[1-9][0-9,]* machines?$/).waitFor();
    const seen = await page.evaluate<{ usable: number; complete: number }>(
      'new Promise((done) => requestAnimationFrame(() => done(globalThis.cordonSeen)))',
    );
    const processor = metrics.find(({ name }) => name === 'TaskDuration')!.value * 1000;
    return { ...seen, processor, script: loaded };
  } finally {
    await context.close();
  }
}

/** The middle of each figure of several cold visits. */
export async function measureFirstPage(browser: Browser, url: string, visits: number): Promise<FirstPage> {
  const all: FirstPage[] = [];
  for (let visit = 0; visit < visits; visit += 1) all.push(await visitFirstPage(browser, url));
  const median = (name: keyof FirstPage) =>
    all.map((one) => one[name]).sort((one, other) => one - other)[Math.floor(visits / 2)]!;
  return {
    usable: median('usable'),
    processor: median('processor'),
    complete: median('complete'),
    script: median('script'),
  };
}

/** For a person. */
export const firstPageWords = ({ usable, processor, complete, script }: FirstPage): string =>
  `usable after ${usable.toFixed(0)} ms (${processor.toFixed(0)} ms of processor time of the page), ` +
  `all machines there after ${complete.toFixed(0)} ms; ${script.toFixed(0)} KB of script`;
