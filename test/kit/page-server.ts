/**
 * The server of a page that uses the client in a browser: its files from memory, a token for whoever is signed in, and
 * everything else passed on to Cordon. The page and the API have one origin then, which both need: an emulator answers
 * no other.
 */
import { request as ask, createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PageServer extends AsyncDisposable {
  readonly url: string;
}

/** @param files by path, with their type; @param token of the person that uses the page */
export async function startPageServer(
  api: string,
  files: Readonly<Record<string, { readonly type: string; readonly text: string }>>,
  token: () => Promise<string>,
): Promise<PageServer> {
  const server = createServer((incoming, outgoing) => {
    const path = new URL(incoming.url!, api).pathname;
    const file = files[path];
    if (file !== undefined) {
      outgoing.writeHead(200, { 'content-type': file.type }).end(file.text);
      return;
    }
    if (path === '/token' && incoming.method === 'POST') {
      token().then(
        (text) => outgoing.end(text),
        () => outgoing.writeHead(502).end(),
      );
      return;
    }
    const { host } = new URL(api);
    const { origin: _origin, referer: _referer, ...headers } = incoming.headers;
    const passed = ask(
      new URL(incoming.url!, api),
      { method: incoming.method!, headers: { ...headers, host } },
      (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      },
    );
    passed.once('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () => closed(server),
  };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
