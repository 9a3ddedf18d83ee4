import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { CordonError } from '../domain/error.ts';

/**
 * JSON is the one type of body that operations take. Bytes that are no UTF-8 are refused, since decoding them would
 * store another text than was sent; so are properties that would reach an object's prototype.
 */
export function readJson(app: FastifyInstance): void {
  // Fastify takes text/plain too unless told otherwise.
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    // No bytes are no body: what the operation requires is missing then, and what takes no body needs none.
    if (body.length === 0) return done(null, undefined);
    if (isUtf8(body as Buffer)) return parse(request, (body as Buffer).toString('utf8'), done);
    done(new CordonError('InvalidRequestBody', 'Invalid request body. It is not UTF-8.'));
  });
}
