import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { deviceChannel } from '../channel/devices.ts';
import { buildApp } from '../http/app.ts';
import { descriptionRoutes } from '../http/description/routes.ts';
import { createUnderWay, type UnderWay } from '../http/load/under-way.ts';
import { tokenRoutes } from '../http/token/routes.ts';
import { startChores } from './chores.ts';
import { type Composition, compose } from './compose.ts';
import { drain, stop } from './drain.ts';
import { healthRoutes } from './health.ts';
import { connectInside } from './inside.ts';
import type { RunningServer, ServerOptions, ServerParts } from './options.ts';

const PAGE_SIZE = 10_000;
/** Twice the devices that one process is made for. */
const MOST_CONNECTIONS = 20_000;

/** Puts all rooms together and listens. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { metrics = null } = options;
  const [draining, stopping] = [new AbortController(), new AbortController()];
  let localUrl = '';
  const publicUrl = () => options.publicUrl ?? localUrl;
  const composition = await compose(options, publicUrl, stopping.signal);
  const { store, clock, services, hints, feed, dispatcher, presence } = composition;
  const parts: ServerParts = { store, services, clock, publicUrl };
  const underWay = createUnderWay({ monotonic: options.time.monotonic, meter: metrics?.calls ?? null });
  const app = await assemble(options, composition, { publicUrl, underWay, draining: draining.signal });
  await options.prepare?.(app, parts);
  try {
    await app.listen({ host: options.listen.host, port: options.listen.port, backlog: MOST_CONNECTIONS });
  } catch (error) {
    await app.close();
    throw error;
  }
  localUrl = addressOf(app, options);

  store.onDeliveries(dispatcher.wake);
  metrics?.observe({
    store,
    clock,
    underWay,
    waitingDevices: hints.waiting,
    connections: () => connectionsOf(app),
  });
  app.server.on('drop', () => metrics?.count('cordon_connections_refused_total'));
  const chores = startChores(options, composition);
  return {
    ...parts,
    localUrl,
    connect: () => connectInside(app.server, options.tls !== null),
    async catchUp() {
      await composition.issuing.keys.maintain();
      await composition.sweeper.sweep();
    },
    async close() {
      draining.abort();
      // A page that listened finds another process, or tries again.
      feed.stop();
      await drain(app, hints, options.drainMilliseconds ?? 0);
      stopping.abort();
      await Promise.all(chores.map((chore) => chore.stop()));
      const delivered = dispatcher.stop();
      await stop(app, hints);
      await delivered;
      await presence.flush();
    },
  };
}

/** Every address that is served, over the services. */
async function assemble(
  options: ServerOptions,
  { services, issuing, clock, people, feed, store, delivery, enrolments }: Composition,
  given: { readonly publicUrl: () => string; readonly underWay: UnderWay; readonly draining: AbortSignal },
): Promise<FastifyInstance> {
  const { publicUrl, underWay, draining } = given;
  const { logger: log, strictTransport, tls, trustProxy, allowsHost, hooks } = options;
  const app = buildApp(
    services,
    { publicUrl, pageSize: PAGE_SIZE, strictTransport, log },
    {
      ...{ logger: log, tls, trustProxy, allowsHost, hooks, underWay },
      maxConnections: options.maxConnections ?? MOST_CONNECTIONS,
    },
  );
  const { tokens, discovery } = issuing;
  const { milliseconds } = clock;
  await app.register(tokenRoutes, { tokens, discovery, log, newId: randomUUID, milliseconds });
  await app.register(deviceChannel, { delivery, enrolments });
  people.routes(app, feed);
  descriptionRoutes(app, { publicUrl, tenant: options.tokenTenant ?? null });
  healthRoutes(app, store, draining, options.ready ?? (() => true));
  return app;
}

function connectionsOf(app: FastifyInstance): Promise<number> {
  return new Promise((resolve, reject) =>
    app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  );
}

function addressOf(app: FastifyInstance, options: ServerOptions): string {
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.listen.port;
  const host = options.listen.host.includes(':') ? `[${options.listen.host}]` : options.listen.host;
  return `${options.tls === null ? 'http' : 'https'}://${host}:${port}`;
}
