/**
 * The first page in a browser that nobody drives, as people have it: the developer's tools, by which a browser is driven, and a
 * context that is new take longer than the page. A server in between adds the session's cookie and one script, which reports.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EMULATOR } from '../../src/contract/well-known.ts';
import { CHROMIUM } from '../../test/kit/chromium.ts';
import { scratchDirectory } from '../../test/kit/leftovers.ts';
import { middleOf } from './middle.ts';

export interface UndrivenVisit {
  /** Milliseconds from the navigation until rows and the search are there. */
  readonly drawn: number;
  /** The same until the list shows the one machine that was written into the search, and nothing else. */
  readonly usable: number;
}

/** Seconds from the browser's start to the navigation, so that the one is no part of the other. */
const AFTER_START = 4;
const PATIENCE = 30_000;
const WAIT = `<!doctype html><meta http-equiv="refresh" content="${AFTER_START};url=/console/machines">`;
const WATCH = `{
  let drawn;
  const look = () => {
    const rows = document.querySelectorAll('.scroller .row');
    const search = document.querySelector('.find input');
    if (drawn === undefined && rows.length > 0 && search !== null) {
      drawn = performance.now();
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(search, rows[0].querySelector('.name').textContent);
      search.dispatchEvent(new Event('input', { bubbles: true }));
    } else if (drawn !== undefined && rows.length === 1) {
      fetch('/seen?drawn=' + drawn + '&usable=' + performance.now(), { method: 'POST' });
      return;
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}`;

/** Visits the list of machines once, with a browser of its own that has nothing of it yet. @param url of an emulator */
async function visitUndriven(url: string): Promise<UndrivenVisit> {
  const cookie = await enter(url);
  const seen = Promise.withResolvers<UndrivenVisit>();
  const server = createServer((asked, reply) => {
    const { pathname, searchParams } = new URL(asked.url ?? '/', url);
    if (pathname === '/seen') {
      reply.writeHead(204).end();
      seen.resolve({ drawn: Number(searchParams.get('drawn')), usable: Number(searchParams.get('usable')) });
    } else if (pathname === '/wait') reply.writeHead(200, { 'content-type': 'text/html' }).end(WAIT);
    else if (pathname === '/watch.js') reply.writeHead(200, { 'content-type': 'text/javascript' }).end(WATCH);
    else passOn(url, cookie, asked, reply);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const profile = scratchDirectory('undriven');
  const { port } = server.address() as AddressInfo;
  const words = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--window-size=1400,850',
  ];
  const browser = spawn(
    CHROMIUM,
    [...words, `--user-data-dir=${profile.path}`, `http://127.0.0.1:${port}/wait`],
    { stdio: 'ignore' },
  );
  const patience = setTimeout(() => seen.reject(new Error('The page was not seen in time.')), PATIENCE);
  try {
    return await seen.promise;
  } finally {
    clearTimeout(patience);
    const ended = once(browser, 'exit');
    browser.kill('SIGTERM');
    await ended;
    server.close();
    server.closeAllConnections();
    profile.remove();
  }
}

/** The middle of each figure of several visits. */
export const measureUndriven = (url: string, visits: number): Promise<UndrivenVisit> =>
  middleOf(visits, () => visitUndriven(url));

async function enter(url: string): Promise<string> {
  const entered = await fetch(`${url}/cordon/v1/session`, {
    method: 'POST',
    headers: { origin: url, 'content-type': 'application/json' },
    body: JSON.stringify({ user: EMULATOR.responder, password: EMULATOR.secret }),
  });
  if (!entered.ok) throw new Error(await entered.text());
  return entered.headers.get('set-cookie')!.split(';')[0]!;
}

/** The emulator's answer, as it is but for the script that reports. */
function passOn(url: string, cookie: string, asked: IncomingMessage, reply: ServerResponse): void {
  const page = asked.headers.accept?.includes('text/html') === true;
  const headers = { ...asked.headers, cookie, host: new URL(url).host };
  if (page) headers['accept-encoding'] = 'identity';
  const further = request(`${url}${asked.url}`, { method: asked.method, headers }, async (answer) => {
    const { 'content-length': length, ...rest } = answer.headers;
    if (!page) {
      reply.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(reply);
      return;
    }
    const text = (await answer.setEncoding('utf8').toArray()).join('');
    reply.writeHead(answer.statusCode!, rest);
    reply.end(text.replace('<head>', '<head><script src="/watch.js" async></script>'));
  });
  further.on('error', () => reply.destroy());
  asked.pipe(further);
}
