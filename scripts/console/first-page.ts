/** How soon the console can be used by a browser that has nothing of it yet. */
import type { Browser } from 'playwright-core';
import { EMULATOR } from '../../src/contract/well-known.ts';
import { middleOf } from './middle.ts';

export interface FirstPage {
  /** Milliseconds from the navigation until what the page is for is drawn: rows, or the field to sign in with. */
  readonly seen: number;
  /** Milliseconds from the navigation until it does what it is for: the list shows what was typed into the search and nothing else. */
  readonly usable: number;
  /** Milliseconds of processor time of the page's own thread until it is drawn. */
  readonly processor: number;
  /** Milliseconds from the navigation until every machine is in the list; as long as until it is usable on other pages. */
  readonly complete: number;
  /** Kilobytes of script, as they were sent. */
  readonly script: number;
}

interface Place {
  readonly path: string;
  readonly signedIn: boolean;
  /** What is waited for from outside. */
  readonly drawn: string;
  /**
   * Runs in each frame of the page with `seen`, into which it writes times, `now` and `find`, until `seen.complete` is
   * there: nothing that asks from outside is counted.
   */
  readonly look: string;
}

/** Types the name of a row and waits until it is the only one, then empties the search. */
const LOOK_AT_MACHINES = `
  const rows = [...document.querySelectorAll('.scroller .row')];
  const field = find('.find input');
  const type = (text) => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, text);
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  };
  if (rows.length > 1 && field !== null && seen.typed === undefined) {
    seen.seen = now;
    seen.typed = rows.at(-1).querySelector('.name .text').textContent;
    type(seen.typed);
  } else if (seen.usable === undefined && rows.length === 1 && rows[0].textContent.includes(seen.typed)) {
    seen.usable = now;
    type('');
  }
  const text = find('.machines-page .summary p')?.textContent ?? '';
  if (seen.usable !== undefined && /^[1-9][0-9,]* machines?$/.test(text)) seen.complete = now;
`;
/** React has set the focus: what is typed goes there, and what is pressed is heard. */
const LOOK_AT_FIELD = `
  const field = find('.sign-in-form input[name=user]');
  if (field !== null && document.activeElement === field) seen.seen = seen.usable = seen.complete = now;
`;
/** The search and the list, or what stands in its place while nothing was done. */
const LOOK_AT_ACTIONS = `
  const list = find('.actions-page .scroller .row') ?? find('.actions-page .empty .button, .actions-page .empty .what');
  if (list !== null && find('.actions-page .find input') !== null) seen.seen = seen.usable = seen.complete = now;
`;

export const PLACES = {
  machines: {
    path: '/console/machines',
    signedIn: true,
    drawn: '.scroller .row',
    look: LOOK_AT_MACHINES,
  },
  actions: { path: '/console/actions', signedIn: true, drawn: '.actions-page .list', look: LOOK_AT_ACTIONS },
  signIn: {
    path: '/console/machines',
    signedIn: false,
    drawn: '.sign-in-form input',
    look: LOOK_AT_FIELD,
  },
} as const satisfies Record<string, Place>;

const watch = (look: string): string => `{
  const seen = (globalThis.cordonSeen = {});
  const find = (what) => document.querySelector(what);
  const frame = () => {
    const now = performance.now();
    ${look}
    if (seen.complete === undefined) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}`;

/** Visits a page in a context of its own, as the emulator's responder or as nobody. @param url of an emulator */
export async function visitFirstPage(
  browser: Browser,
  url: string,
  { path, signedIn, drawn, look }: Place = PLACES.machines,
): Promise<FirstPage> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 850 } });
  try {
    if (signedIn) {
      const entered = await context.request.post(`${url}/cordon/v1/session`, {
        headers: { origin: url },
        data: { user: EMULATOR.responder, password: EMULATOR.secret },
      });
      if (!entered.ok()) throw new Error(await entered.text());
    }
    const page = await context.newPage();
    await page.addInitScript(watch(look));
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
    await page.goto(`${url}${path}`);
    await page.locator(drawn).first().waitFor();
    const { metrics } = await devtools.send('Performance.getMetrics');
    const loaded = script;
    const seen = await page.evaluate<{
      seen: number;
      usable: number;
      complete: number;
    }>(`new Promise((done) => {
      const ask = () => (cordonSeen.complete === undefined ? setTimeout(ask, 50) : done(cordonSeen));
      ask();
    })`);
    const processor = metrics.find(({ name }) => name === 'TaskDuration')!.value * 1000;
    return { seen: seen.seen, usable: seen.usable, complete: seen.complete, processor, script: loaded };
  } finally {
    await context.close();
  }
}

/** The middle of each figure of several cold visits. */
export const measureFirstPage = (
  browser: Browser,
  url: string,
  visits: number,
  place?: Place,
): Promise<FirstPage> => middleOf(visits, () => visitFirstPage(browser, url, place));

/** For a person. */
export const firstPageWords = ({ seen, usable, processor, complete, script }: FirstPage): string =>
  `drawn after ${seen.toFixed(0)} ms (${processor.toFixed(0)} ms of processor time of the page), ` +
  `usable after ${usable.toFixed(0)} ms${complete > usable ? `, all machines there after ${complete.toFixed(0)} ms` : ''}; ` +
  `${script.toFixed(0)} KB of script`;
