import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { unsupportedAt } from '../contract/vendor-unsupported.ts';
import { CordonError } from '../domain/error.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Media type of a body that comes without one; JSON when left out. */
    contentType?: string;
    /** The route is there only to refuse its methods. */
    refuses?: boolean;
    /** Headers of every answer of the route, refusals included. */
    headers?: Readonly<Record<string, string>>;
  }
}

/** The refusal of a method, with `Allow`. */
export function wrongMethod(
  request: FastifyRequest,
  reply: FastifyReply,
  allowed: readonly string[],
): CordonError {
  reply.header('allow', allowed.join(', '));
  return new CordonError(
    'MethodNotAllowed',
    `The method ${request.method} is not allowed here; use ${allowed.join(' or ')}.`,
  );
}

/**
 * What becomes of a request that no route takes: a wrong method where the address itself exists, else nothing is
 * there. Addresses with parameters refuse other methods by routes of their own.
 */
export function addressRefusal(app: FastifyInstance) {
  const methods = new Map<string, string[]>();
  app.addHook('onRoute', ({ url, method, config }) => {
    if (config?.refuses !== true) methods.set(url, [...(methods.get(url) ?? []), ...[method].flat()]);
  });
  return (request: FastifyRequest, reply: FastifyReply): CordonError => {
    const path = request.url.split('?')[0] ?? '';
    const allowed = methods.get(path.toLowerCase());
    if (allowed !== undefined) return wrongMethod(request, reply, allowed);
    const unsupported = unsupportedAt(request.method, path);
    if (unsupported !== null) {
      const message = `Cordon does not have this operation of the vendor: ${unsupported.summary}. GET /reference shows what it has.`;
      return new CordonError('NotFound', message);
    }
    return new CordonError('NotFound', `There is nothing at ${request.method} ${path.slice(0, 256)}.`);
  };
}

const ENCODED_COUNT = /^([^?]*\/)%24(?=count\/?(?:\?|$))/i;

/** Libraries that build addresses encode a `$` in a path, which the router would leave as it is. */
export function plainCount(url: string): string {
  return url.includes('/%24') ? url.replace(ENCODED_COUNT, '$1$$') : url;
}

/** Refuses U+0000 in a path, which no name of ours has and not every store can be asked for. */
export function nameRefusal(url: string): CordonError | null {
  const at = url.indexOf('%00');
  if (at < 0 || url.slice(0, at).includes('?')) return null;
  return new CordonError('ResourceNotFound', 'What the address names was not found');
}
