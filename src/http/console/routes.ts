import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CordonError } from '../../domain/error.ts';
import { wrongMethod } from '../addresses.ts';
import { readAhead } from './ahead.ts';
import type { BuiltFile, BuiltFiles } from './files.ts';

/** Beside the sources in a clone, and at the same place in a package. */
export const BUILT_CONSOLE = fileURLToPath(new URL('../../../dist/console', import.meta.url));

/** A page loads and runs what this server gives it, talks to this server, and stands in no frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');
const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
} as const;

const PATHS = ['/console', '/console/*'];
const INDEX_PAGE = 'index.html';
const ALLOWED = ['GET', 'HEAD'];
/** Hashed names never change what they hold; everything else is asked for again. */
const FOREVER = 'public, max-age=31536000, immutable';
const ASKED_AGAIN = 'no-cache';

export interface ConsoleRouteOptions {
  /** Of the built console; the usual place when left out. */
  readonly folder?: string | undefined;
  /** Whether a call has the cookie of a session, be it one that is over. */
  readonly mayBeSignedIn: (request: FastifyRequest) => boolean;
}

export function consoleRoutes(
  app: FastifyInstance,
  { folder = BUILT_CONSOLE, mayBeSignedIn }: ConsoleRouteOptions,
): void {
  let built: (() => Promise<BuiltFiles | null>) | null = null;
  const files = async (): Promise<BuiltFiles | null> => {
    // No start waits for what few calls need.
    built ??= (await import('./files.ts')).createBuilt(folder);
    return built();
  };
  const config = { headers: HEADERS };

  app.get('/', { config }, async (_request, reply) => reply.redirect('/console/', 302));
  for (const url of PATHS) {
    app.get<{ Params: { '*'?: string } }>(url, { config }, async (request, reply) => {
      const present = await files();
      if (present === null) return missing(reply);
      const path = request.params['*'] ?? '';
      const file = present.get(path);
      if (file !== undefined) return send(request, reply, file);
      // A page of before asks for what is not there any more; the index in its place would be no script.
      if (path.startsWith('assets/')) throw new CordonError('NotFound', 'The console has no such file.');
      reply.header('link', readAhead(present, path, mayBeSignedIn(request)));
      return send(request, reply, present.get(INDEX_PAGE) as BuiltFile, 'Accept-Encoding, Cookie');
    });
    app.route({
      method: ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      url,
      config: { ...config, refuses: true },
      onRequest: async (request, reply) => {
        throw wrongMethod(request, reply, ALLOWED);
      },
      handler: async () => null,
    });
  }
}

async function missing(reply: FastifyReply): Promise<FastifyReply> {
  const { MISSING_PAGE } = await import('./missing.ts');
  return reply
    .status(503)
    .headers({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'retry-after': '10' })
    .send(MISSING_PAGE);
}

/** @param vary headers that the answer depends on */
function send(
  request: FastifyRequest,
  reply: FastifyReply,
  file: BuiltFile,
  vary = 'Accept-Encoding',
): FastifyReply {
  const coding = codingFor(String(request.headers['accept-encoding'] ?? ''), file);
  const etag = `"${file.etag}-${coding}"`;
  reply.headers({
    'content-type': file.type,
    'cache-control': file.hashed ? FOREVER : ASKED_AGAIN,
    vary,
    etag,
  });
  const held = String(request.headers['if-none-match'] ?? '').split(/\s*,\s*/);
  if (held.some((one) => one === '*' || one.replace(/^W\//, '') === etag)) return reply.status(304).send();
  if (coding !== 'identity') reply.header('content-encoding', coding);
  return reply.send(file.bodies[coding]);
}

type Coding = 'br' | 'gzip' | 'identity';

/** The smallest coding that the client takes; one with `q=0` it does not. */
function codingFor(accepted: string, { bodies }: BuiltFile): Coding {
  const taken = new Set(
    accepted
      .toLowerCase()
      .split(',')
      .map((part) => part.split(';').map((word) => word.trim()))
      .filter(([, quality]) => quality === undefined || !/^q=0(\.0*)?$/.test(quality))
      .map(([name]) => name),
  );
  if (bodies.br !== undefined && taken.has('br')) return 'br';
  return taken.has('gzip') ? 'gzip' : 'identity';
}
