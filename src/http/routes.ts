import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Operation } from '../contract/operation.ts';
import { callerKey } from '../service/call.ts';
import { pathsOf, wrongMethod } from './addresses.ts';
import { ODATA_TYPE } from './faults.ts';
import { type Gate, gateOf } from './gates/gate.ts';
import {
  type Handler,
  Held,
  type OperationCall,
  type OperationReply,
  pathOf,
  rawQueryOf,
} from './handler.ts';
import { chargeAnswer } from './load/under-way.ts';
import { requireBody } from './schemas.ts';
import type { HttpConfig, Services } from './services.ts';

/** Where operations are served; the vendor's explicit version means the same as none (reference, section 1). */
const PREFIXES: Readonly<Record<Operation['base'], readonly string[]>> = {
  vendor: ['/api', '/api/v1.0'],
  cordon: ['/cordon/v1'],
};
const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** A comment of 4,000 characters, each escaped, fits with room to spare. */
const BODY_LIMIT = 64 * 1024;
/** A `/$count` is plain text (OData 4.01, part 2, section 4.8). */
const COUNT_TYPE = 'text/plain; charset=utf-8';

/** Serves every operation of the table under its prefixes. */
export function registerOperations(
  app: FastifyInstance,
  handlers: readonly Handler[],
  services: Services,
  config: HttpConfig,
): void {
  const methods = new Map<string, HTTPMethods[]>();
  for (const { operation, handle } of handlers) {
    const gate = gateOf(operation, services);
    for (const prefix of PREFIXES[operation.base]) {
      const url = `${prefix}${operation.path}`;
      methods.set(url, [...(methods.get(url) ?? []), operation.method]);
      app.route({
        method: operation.method,
        url,
        bodyLimit: BODY_LIMIT,
        config: { operation: operation.id, held: HELD.has(operation.id) },
        onRequest: gate.pass,
        ...(operation.body === null ? {} : { schema: { body: operation.body }, preValidation: requireBody }),
        handler: async (request, reply) => {
          const base = `${config.publicUrl()}${prefix}`;
          const result = await handle(operationCall(request, services, config, base, gate));
          logChange(operation, request, result, config);
          return answer(request, reply, operation, result);
        },
      });
    }
  }
  for (const [url, allowed] of takenForOthers(methods)) refuseOtherMethods(app, url, allowed);
}

type AddressMethods = readonly (readonly [url: string, methods: readonly HTTPMethods[]])[];

/** Addresses of which one with parameters would take other methods, with a part of the address as their value. */
function takenForOthers(methods: ReadonlyMap<string, readonly HTTPMethods[]>): AddressMethods {
  const withParameters = [...methods]
    .filter(([url]) => url.includes(':'))
    .map(([url, theirs]) => ({ paths: pathsOf(url), theirs }));
  return [...methods].filter(
    ([url, allowed]) =>
      !url.includes(':') &&
      withParameters.some(
        ({ paths, theirs }) => theirs.some((method) => !allowed.includes(method)) && paths.test(url),
      ),
  );
}

/** Operations whose answer goes on; they are no load, and are ended when the server stops. */
const HELD: ReadonlySet<string> = new Set(['listenToChanges']);

/** Operations whose service writes a line of its own. */
const LOGGED_BY_SERVICE: ReadonlySet<string> = new Set([
  'restrictCodeExecution',
  'unrestrictCodeExecution',
  'cancelMachineAction',
]);

/** Who changed what, or made what; the path's parameters and ids are never secrets. */
function logChange(
  operation: Operation,
  request: FastifyRequest,
  result: unknown,
  { log }: HttpConfig,
): void {
  if (operation.method === 'GET' || LOGGED_BY_SERVICE.has(operation.id)) return;
  const { caller } = request.call!;
  const of = request.params as Readonly<Record<string, string>>;
  const made = operation.success === 201 ? (result as { id?: unknown } | null)?.id : undefined;
  log.info(
    {
      correlation: request.id,
      operation: operation.id,
      tenant: caller.tenantId,
      requestor: callerKey(caller),
      ...(Object.keys(of).length === 0 ? {} : { of }),
      ...(made === undefined ? {} : { made }),
    },
    'change made',
  );
}

function operationCall(
  request: FastifyRequest,
  services: Services,
  config: HttpConfig,
  base: string,
  gate: Gate,
): OperationCall {
  return {
    call: request.call!,
    services,
    config,
    parameters: request.params as Record<string, string>,
    body: request.body,
    rawQuery: rawQueryOf(request),
    header(name) {
      const value = request.headers[name];
      return typeof value === 'string' ? value : null;
    },
    base,
    path: pathOf(request),
    readmit: () => gate.readmit(request),
  };
}

function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  operation: Operation,
  result: OperationReply,
): FastifyReply {
  reply.status(operation.success);
  if (result === null) return reply.send();
  if (typeof result === 'number') return reply.header('content-type', COUNT_TYPE).send(String(result));
  if (result instanceof Held) return hold(request, reply, result);
  const text = JSON.stringify(result);
  chargeAnswer(reply.raw, text.length);
  return reply.header('content-type', ODATA_TYPE).send(text);
}

/** The answer leaves the framework, which would wait for its end. */
function hold({ method }: FastifyRequest, reply: FastifyReply, { type, prepare }: Held): FastifyReply {
  reply.headers({ 'content-type': type, 'cache-control': 'no-store' });
  if (method === 'HEAD') return reply.send();
  const begin = prepare(reply.raw);
  reply.hijack();
  // Proxies that gather answers would hold it back.
  reply.raw.writeHead(reply.statusCode, {
    ...reply.getHeaders(),
    'x-accel-buffering': 'no',
  } as OutgoingHttpHeaders);
  begin();
  return reply;
}

function refuseOtherMethods(app: FastifyInstance, url: string, allowed: readonly HTTPMethods[]): void {
  const names: readonly HTTPMethods[] = allowed.includes('GET') ? [...allowed, 'HEAD'] : allowed;
  app.route({
    method: METHODS.filter((method) => !names.includes(method)),
    url,
    config: { refuses: true },
    onRequest: async (request, reply) => {
      throw wrongMethod(request, reply, names);
    },
    handler: async () => null,
  });
}
