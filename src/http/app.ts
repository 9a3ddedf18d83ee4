import { randomUUID } from 'node:crypto';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { OPERATIONS, type OperationId } from '../contract/operations.ts';
import { CordonError } from '../domain/error.ts';
import { addressRefusal, nameRefusal, plainCount } from './addresses.ts';
import { clientErrorAnswer } from './client-error.ts';
import { readable } from './console/readable.ts';
import { correlationId } from './correlation.ts';
import { answerFaults, sendFault } from './faults.ts';
import { readJson } from './json.ts';
import type { UnderWay } from './load/under-way.ts';
import { watchCalls, watchUnknown } from './load/watch.ts';
import { HANDLERS } from './operations/index.ts';
import { registerOperations } from './routes.ts';
import { checkedWhenNeeded, plainJson } from './schemas.ts';
import type { HttpConfig, Services } from './services.ts';

export interface AppOptions {
  readonly logger: FastifyBaseLogger;
  /** PEM certificate chain and key; null serves plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** Addresses whose X-Forwarded headers are believed; empty believes none. */
  readonly trustProxy: readonly string[];
  /** Answers only to these Host names when given; an emulator keeps web pages of other origins out with it. */
  readonly allowsHost: ((host: string | undefined) => boolean) | null;
  /** Connections open at a time; more are closed unheard. */
  readonly maxConnections: number;
  readonly underWay: UnderWay;
  /** Adds hooks that every call passes before all others. */
  readonly hooks?: ((app: FastifyInstance) => void) | undefined;
}

/** Longest request line and headers; a filter beyond 16 KB is refused by its own parser, which says so. */
const HEADER_BYTES = 128 * 1024;
/** Time for a whole request to arrive, so that a caller who sends a byte now and then cannot hold a connection. */
const ARRIVAL_MILLISECONDS = 60_000;
/** A connection on which nothing moves for so long is ended; the longest wait of a device is 55 s. */
const SILENCE_MILLISECONDS = 120_000;
/** Segments of a path; `findbyip(…)` and names are far shorter. */
const SEGMENT_CHARACTERS = 2048;

/** A server for the API that does not listen yet; the token endpoints and the devices' channel are added to it. */
export function buildApp(services: Services, config: HttpConfig, options: AppOptions): FastifyInstance {
  const newCorrelation = () => correlationId(randomUUID());
  const app = fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'correlation' }),
    // One logger for all: a child for each request would cost more than it tells.
    childLoggerFactory: (logger) => logger,
    genReqId: newCorrelation,
    requestIdHeader: false,
    rewriteUrl: ({ url = '' }) => plainCount(readable(url)),
    trustProxy: options.trustProxy.length === 0 ? false : [...options.trustProxy],
    routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: SEGMENT_CHARACTERS },
    exposeHeadRoutes: true,
    schemaController: { compilersFactory: { buildValidator: checkedWhenNeeded, buildSerializer: plainJson } },
    forceCloseConnections: 'idle',
    http: { maxHeaderSize: HEADER_BYTES },
    ...(options.tls === null ? {} : { https: { ...options.tls, maxHeaderSize: HEADER_BYTES } }),
    ajv: {
      // Fastify's defaults would turn {"Comment":5} into an accepted comment. A refusal needs the value to tell a
      // wrong type from a wrong value.
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        allErrors: false,
        verbose: true,
      },
    },
    requestTimeout: ARRIVAL_MILLISECONDS,
    connectionTimeout: SILENCE_MILLISECONDS,
    clientErrorHandler: clientErrorAnswer(config.log, newCorrelation),
    frameworkErrors: (error, request, reply) =>
      sendFault(error, request as FastifyRequest, reply as FastifyReply, config.log),
  }) as unknown as FastifyInstance;
  app.server.maxConnections = options.maxConnections;
  app.decorateRequest('call', null);
  watchCalls(app, options.underWay);
  const refuseAddress = addressRefusal(app);
  options.hooks?.(app);
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('odata-version', '4.0');
    const { headers, contentType } = request.routeOptions.config;
    if (headers !== undefined) reply.headers(headers);
    if (config.strictTransport)
      reply.header('strict-transport-security', 'max-age=31536000; includeSubDomains');
    if (options.allowsHost !== null && !options.allowsHost(request.headers.host)) {
      done(new CordonError('DisallowedOperation', 'This server answers to loopback Host names only.'));
      return;
    }
    // Refused here, before a body is read for it.
    if (request.is404) {
      done(watchUnknown(request, reply, options.underWay) ?? refuseAddress(request, reply));
      return;
    }
    const refusal = nameRefusal(request.raw.url ?? '');
    if (refusal !== null) {
      done(refusal);
      return;
    }
    // A missing Content-Type is read as the address's own (design, part 4).
    request.raw.headers['content-type'] ??= contentType ?? 'application/json';
    done();
  });
  readJson(app);
  answerFaults(app, config.log);
  const handlers = (Object.keys(OPERATIONS) as OperationId[]).map((id) => HANDLERS[id]);
  registerOperations(app, handlers, services, config);
  return app;
}
