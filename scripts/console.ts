/**
 * `npm run console`: the console as its sources are, for who works on it. Calls go on to a server that runs already.
 *
 *     npm run console                              to an emulator at its usual address
 *     CORDON_URL=http://127.0.0.1:9000 npm run console
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { EMULATOR } from '../src/contract/well-known.ts';
import { consoleConfig } from './console/config.ts';

const target = process.env.CORDON_URL ?? EMULATOR.url;
/** A server takes calls from its own pages only, so it is told that this is one. */
const headers = { origin: new URL(target).origin };

const server = await createServer({
  ...consoleConfig(dirname(dirname(fileURLToPath(import.meta.url)))),
  logLevel: 'info',
  server: { proxy: { '/api': { target, headers }, '/cordon': { target, headers } } },
});
await server.listen();
server.printUrls();
console.log(`  calls go to ${target}`);
