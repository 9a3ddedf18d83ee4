import type { FastifyInstance } from 'fastify';
import { CordonError } from '../domain/error.ts';
import type { Store } from '../store/port.ts';

/** `/healthz`: the process lives. `/readyz`: it also takes calls; load balancers go by this one while it drains. */
export function healthRoutes(
  app: FastifyInstance,
  store: Store,
  draining: AbortSignal,
  started: () => boolean,
): void {
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async () => {
    if (draining.aborted)
      throw new CordonError('ServiceUnavailable', 'The server is shutting down.', { retryAfter: 5 });
    if (!started()) throw new CordonError('ServiceUnavailable', 'The server is starting.', { retryAfter: 1 });
    if (!(await store.ready()))
      throw new CordonError('ServiceUnavailable', 'The store does not answer.', { retryAfter: 5 });
    return { status: 'ready' };
  });
}
