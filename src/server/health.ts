import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CordonError } from '../domain/error.ts';
import { replyFault } from '../http/faults.ts';
import type { Store } from '../store/port.ts';

/** `/healthz`: the process lives. `/readyz`: it also takes calls; load balancers go by this one while it drains. */
export function healthRoutes(
  app: FastifyInstance,
  store: Store,
  draining: AbortSignal,
  started: () => boolean,
): void {
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (request, reply) => {
    if (draining.aborted) return notReady(request, reply, 'The server is shutting down.', 5);
    if (!started()) return notReady(request, reply, 'The server is starting.', 1);
    if (!(await store.ready())) throw unavailable('The store does not answer.', 5);
    return { status: 'ready' };
  });
}

/** What comes and goes with each start and stop is no failure, though whoever waits for it asks again and again. */
function notReady(
  request: FastifyRequest,
  reply: FastifyReply,
  message: string,
  retryAfter: number,
): FastifyReply {
  request.log.info({ correlation: request.id, why: message }, 'not ready');
  return replyFault(unavailable(message, retryAfter), request, reply);
}

/** @param retryAfter seconds */
function unavailable(message: string, retryAfter: number): CordonError {
  return new CordonError('ServiceUnavailable', message, { retryAfter });
}
