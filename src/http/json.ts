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
    if (namesOtherCharset(request.headers['content-type'])) {
      const message = 'The charset of the Content-Type is not supported; send UTF-8.';
      return done(new CordonError('UnsupportedMediaType', message));
    }
    if (!isUtf8(body as Buffer))
      return done(new CordonError('InvalidRequestBody', 'Invalid request body. It is not UTF-8.'));
    const text = (body as Buffer).toString('utf8');
    parse(request, text, (error, value) => {
      const name = error === null ? null : forbiddenIn(text);
      if (name === null) return done(error, value);
      done(new CordonError('InvalidRequestBody', `Invalid request body. The property ${name} is not known.`));
    });
  });
}

/** Text in another charset can be valid UTF-8 too, and mean another text. */
function namesOtherCharset(type = ''): boolean {
  if (!type.includes(';')) return false;
  return [...type.matchAll(/;\s*charset\s*=\s*"?([^\s";]*)/gi)].some(([, name]) => !/^utf-?8$/i.test(name!));
}

/** The property for which valid JSON was refused, null when the text is no JSON or has none. */
function forbiddenIn(text: string): string | null {
  let waiting: unknown[];
  try {
    waiting = [JSON.parse(text)];
  } catch {
    return null;
  }
  // A list of what is left to look at, since a body may be nested deeper than calls can be.
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    for (const name of ['__proto__', 'constructor']) if (Object.hasOwn(value, name)) return name;
    for (const inner of Object.values(value)) waiting.push(inner);
  }
  return null;
}
