/** Counts every call of every route, also of plugins that are registered later. */
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { ENROL_PATH, EXCHANGE_PATH } from '../../contract/device.ts';
import type { Pool, UnderWay } from './under-way.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Id of the operation that the route serves; what is no operation of the table has a name in `OTHERS`. */
    operation?: string;
    /** The answer goes on for hours: such calls are counted where those of devices are, thousands of which wait. */
    held?: boolean;
  }
}

/** Names, as metrics have them, of what is served beside the operations, by the end of the address. */
const OTHERS: readonly (readonly [end: string, name: string])[] = [
  ['/token', 'token'],
  ['/.well-known/openid-configuration', 'discovery'],
  ['/keys', 'discovery'],
  ['/common/discovery/instance', 'discovery'],
  ['/cordon/v1/session', 'session'],
  ['/signin', 'session'],
  ['/openidconnect', 'session'],
  ['/callback', 'session'],
  ['/console', 'console'],
  ['/console/*', 'console'],
  [ENROL_PATH, 'enrol'],
  [EXCHANGE_PATH, 'exchange'],
];
const OTHER = 'other';

/** Names under which calls appear that are none of the contract's operations. */
export const OTHER_CALLS: readonly string[] = [...new Set(OTHERS.map(([, name]) => name)), OTHER];

/** Answered at any load: who asks wants to know whether the process lives. */
const UNCOUNTED = ['/healthz', '/readyz'];

/** Bodies that are not announced count as the largest that is read. */
const DEFAULT_LIMIT = 1 << 20;

/** To be called before any route is registered. */
export function watchCalls(app: FastifyInstance, underWay: UnderWay): void {
  const watched = new WeakSet<object>();
  app.addHook('onRoute', (route) => {
    if (UNCOUNTED.includes(route.url)) return;
    const present = [route.onRequest ?? []].flat();
    // The route for HEAD is made of the one for GET, its hooks included.
    if (present.some((hook) => watched.has(hook))) return;
    const hook = countingHook(route, underWay);
    watched.add(hook);
    route.onRequest = [hook, ...present];
  });
}

function countingHook(route: RouteOptions, underWay: UnderWay) {
  const operation = route.config?.operation;
  const name = operation ?? OTHERS.find(([end]) => route.url.endsWith(end))?.[1] ?? OTHER;
  const pool: Pool = operation === undefined || route.config?.held === true ? 'strangers' : 'callers';
  const limit = route.bodyLimit ?? DEFAULT_LIMIT;
  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    const bytes = announcedBytes(request, limit);
    done(underWay.begin(request.raw.socket, reply.raw, name, pool, bytes) ?? undefined);
  };
}

/** Counts a call that no route takes; the refusal when even that is too much. */
export function watchUnknown(request: FastifyRequest, reply: FastifyReply, underWay: UnderWay): Error | null {
  return underWay.begin(request.raw.socket, reply.raw, OTHER, 'strangers', 0);
}

function announcedBytes({ raw }: FastifyRequest, limit: number): number {
  const announced = raw.headers['content-length'];
  if (announced !== undefined) return Math.min(Number(announced) || 0, limit);
  return raw.headers['transfer-encoding'] === undefined ? 0 : limit;
}
