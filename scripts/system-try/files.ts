import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

/** Files that the guest fetches, by name. */
export interface Files extends AsyncDisposable {
  readonly port: number;
}

/** Gives the files to whoever asks for their names, on loopback. @param more text that is added to the end of a file */
export async function serveFiles(
  files: Readonly<Record<string, { path: string; more?: string }>>,
): Promise<Files> {
  const server = createServer(async (request, response) => {
    const file = files[request.url?.slice(1) ?? ''];
    if (file === undefined) return void response.writeHead(404).end();
    await pipeline(createReadStream(file.path), response, { end: false }).catch(() => response.destroy());
    response.end(file.more);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
