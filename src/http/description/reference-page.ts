/** The page that shows the description: Scalar's bundle, served from here, with everything that would leave off. */
import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { type Asset, assetOf, sendAsset } from './asset.ts';

const FOLDER = new URL('./reference/', import.meta.url);
const read = (name: string) => readFile(new URL(name, FOLDER));

interface File {
  readonly path: string;
  readonly load: () => Promise<Asset>;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Scripts and calls of this server only. Styles may stand in the page: the bundle writes its own there, and libraries in
 * it set more while they run, so neither a hash nor a nonce would do.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'unsafe-inline'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const text = async (type: string, name: string) => assetOf(type, (await read(name)).toString('utf8'));
const SCRIPT = 'text/javascript; charset=utf-8';

const FILES: readonly File[] = [
  {
    path: '/reference',
    load: () => text('text/html; charset=utf-8', 'page.html'),
    headers: {
      'content-security-policy': POLICY,
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    },
  },
  { path: '/reference/start.js', load: () => text(SCRIPT, 'start.js') },
  {
    path: '/reference/scalar.js',
    load: async () => ({ type: SCRIPT, compressed: await read('scalar.js.gz') }),
  },
];

/** Kept an hour: a newer server may bring a newer bundle under the same address. */
const CACHING = 'public, max-age=3600';

export function referenceRoutes(app: FastifyInstance): void {
  for (const { path, load, headers = {} } of FILES) {
    let asset: Promise<Asset> | null = null;
    app.get(path, async (request, reply) => {
      asset ??= load();
      return sendAsset(request, reply.headers(headers), await asset, CACHING);
    });
  }
}
