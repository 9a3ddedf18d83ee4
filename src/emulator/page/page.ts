import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { FAULT_KIND_NAMES, FAULT_KINDS } from '../../contract/emulator/fault-kinds.ts';
import { TRIGGERS } from '../../contract/emulator/fault-rules.ts';
import { ERROR_CODES } from '../../contract/errors.ts';
import { EMULATOR } from '../../contract/well-known.ts';
import { OPERATION_NAMES } from '../faults/read.ts';
import { PAGE_PATH } from '../seen.ts';

interface Asset {
  readonly path: string;
  readonly file: string;
  readonly type: string;
}

const ASSETS: readonly Asset[] = [
  { path: PAGE_PATH, file: 'index.html', type: 'text/html; charset=utf-8' },
  { path: `${PAGE_PATH}/page.js`, file: 'page.js', type: 'text/javascript; charset=utf-8' },
  { path: `${PAGE_PATH}/page.css`, file: 'page.css', type: 'text/css; charset=utf-8' },
];

/** Scripts and styles come from this address alone, and nothing written into the page can be one. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': POLICY,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

export interface PageOptions {
  readonly publicUrl: () => string;
  /** Shown in the page; null where the secret is one of somebody's own, which the page then asks for. */
  readonly secret: string | null;
}

/** Serves the page of an emulator. It holds nothing that needs a token; what it shows, it asks the operations for. */
export function pageRoutes(app: FastifyInstance, { publicUrl, secret }: PageOptions): void {
  for (const { path, file, type } of ASSETS) {
    app.get(path, async (_request, reply) =>
      reply
        .headers(HEADERS)
        .type(type)
        .send(await readFile(new URL(file, import.meta.url))),
    );
  }
  app.get(`${PAGE_PATH}/values.json`, async (_request, reply) =>
    reply.headers(HEADERS).send({
      url: publicUrl(),
      tenant: EMULATOR.tenant,
      application: EMULATOR.clientId,
      reader: EMULATOR.readerClientId,
      names: { [EMULATOR.clientId]: 'full application', [EMULATOR.readerClientId]: 'reader' },
      users: [EMULATOR.responder, EMULATOR.viewer],
      secret,
      operations: OPERATION_NAMES,
      codes: Object.keys(ERROR_CODES),
      kinds: Object.fromEntries(
        FAULT_KIND_NAMES.map((name) => {
          const { summary, moments, required, optional } = FAULT_KINDS[name];
          return [name, { summary, moments, fields: Object.keys({ ...required, ...optional }) }];
        }),
      ),
      triggers: Object.fromEntries(Object.entries(TRIGGERS).map(([name, { summary }]) => [name, summary])),
    }),
  );
}
