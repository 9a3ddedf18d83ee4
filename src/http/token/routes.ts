import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TOKEN_REFUSALS } from '../../contract/token.ts';
import { CordonError } from '../../domain/error.ts';
import type { Log } from '../../service/log.ts';
import type { Discovery } from '../../service/tokens/discovery.ts';
import type { TokenService } from '../../service/tokens/grants.ts';
import { isRefused, type Refused, refuse } from '../../service/tokens/refusal.ts';
import { FORM_MAXIMUM, formOfGet, TOO_LARGE } from './body.ts';
import { wireRefusal, wireToken } from './reply.ts';

export interface TokenRouteServices {
  readonly service: TokenService;
  readonly discovery: Discovery;
}

export interface TokenRouteConfig {
  readonly log: Log;
  /** A random GUID, for trace ids. */
  readonly newId: () => string;
  /** Milliseconds since 1970, for the timestamp of errors; never throws. */
  readonly milliseconds: () => number;
}

interface TenantRoute {
  Params: { tenant?: string };
}

const TOKEN_PATHS = { '/:tenant/oauth2/token': 1, '/:tenant/oauth2/v2.0/token': 2 } as const;
const DISCOVERY_PATHS = {
  '/.well-known/openid-configuration': 1,
  '/v2.0/.well-known/openid-configuration': 2,
  '/:tenant/.well-known/openid-configuration': 1,
  '/:tenant/v2.0/.well-known/openid-configuration': 2,
} as const;
const KEY_PATHS = [
  '/discovery/keys',
  '/discovery/v2.0/keys',
  '/:tenant/discovery/keys',
  '/:tenant/discovery/v2.0/keys',
];

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Serves the embedded issuer on a Fastify instance that matches paths in any letter case. */
export function tokenRoutes(
  app: FastifyInstance,
  services: TokenRouteServices,
  config: TokenRouteConfig,
): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // Whatever the Content-Type says, the body is a form: what is no form lacks its parameters and is refused so.
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: FORM_MAXIMUM }, (_request, body, done) =>
      done(null, body),
    );
    scope.addHook('onSend', async (_request, reply) => {
      if (!reply.hasHeader('cache-control'))
        reply.header('cache-control', 'no-store').header('pragma', 'no-cache');
    });
    scope.setErrorHandler((error: unknown, request, reply) =>
      sendRefusal(request, reply, refusalOf(error, request), error),
    );

    for (const [url, version] of Object.entries(TOKEN_PATHS)) {
      scope.route<TenantRoute>({
        method: ['GET', 'POST'],
        url,
        exposeHeadRoute: false,
        handler: async (request, reply) => {
          const body =
            request.method === 'GET'
              ? await formOfGet(request)
              : ((request.body as string | null | undefined) ?? '');
          if (body === TOO_LARGE)
            return sendRefusal(
              request,
              reply.header('connection', 'close'),
              refuse('tooLarge', String(FORM_MAXIMUM)),
            );
          if (body === '' && request.method === 'GET')
            return sendRefusal(request, reply, refuse('onlyPost', 'GET'));
          const { authorization } = request.headers;
          const tenant = request.params.tenant ?? '';
          const answer = await services.service.answer({
            tenant,
            version,
            body,
            authorization,
            address: request.ip,
          });
          return isRefused(answer)
            ? sendRefusal(request, reply, answer)
            : reply.send(wireToken(answer, version));
        },
      });
    }
    for (const [url, version] of Object.entries(DISCOVERY_PATHS)) {
      scope.get<TenantRoute>(url, async (request, reply) => {
        return publish(
          request,
          reply,
          await services.discovery.document(request.params.tenant ?? null, version),
        );
      });
    }
    for (const url of KEY_PATHS) {
      scope.get<TenantRoute>(url, async (request, reply) => {
        return publish(request, reply, await services.discovery.keySet(request.params.tenant ?? null));
      });
    }
    scope.get('/common/discovery/instance', async (request, reply) =>
      publish(request, reply, services.discovery.instance()),
    );
  });

  function publish(request: FastifyRequest, reply: FastifyReply, document: object | Refused): FastifyReply {
    if (isRefused(document)) return sendRefusal(request, reply, document);
    // Shorter than the day for which a new key is published before it signs.
    return reply.header('cache-control', 'public, max-age=3600').send(document);
  }

  function sendRefusal(
    request: FastifyRequest,
    reply: FastifyReply,
    refusal: Refused,
    cause?: unknown,
  ): FastifyReply {
    const traceId = config.newId();
    const { status, number } = TOKEN_REFUSALS[refusal.refused];
    const fields = {
      correlation: request.id,
      trace: traceId,
      route: request.routeOptions.url,
      refusal: number,
    };
    if (status >= 500) config.log.error({ ...fields, err: cause }, 'token request failed');
    else config.log.info(fields, 'token request refused');
    if (refusal.retryAfter !== null) reply.header('retry-after', String(refusal.retryAfter));
    // RFC 6749, section 5.2: answer in the scheme in which the client tried.
    if (status === 401 && /^basic /i.test(request.headers.authorization ?? '')) {
      reply.header('www-authenticate', 'Basic realm="Cordon", charset="UTF-8"');
    }
    const trace = { traceId, correlationId: correlationOf(request) ?? traceId, at: config.milliseconds() };
    return reply.status(status).send(wireRefusal(refusal, trace));
  }
}

/** The id that clients give a request to find it again, when it is a GUID. */
function correlationOf(request: FastifyRequest): string | null {
  const query = request.query as Readonly<Record<string, unknown>>;
  const named = request.headers['client-request-id'] ?? query['client-request-id'];
  return typeof named === 'string' && GUID.test(named) ? named : null;
}

/** What stopped a request before the service could answer. */
function refusalOf(error: unknown, request: FastifyRequest): Refused {
  if (error instanceof CordonError && error.code === 'ServiceUnavailable')
    return refuse('unavailable', '', error.retryAfter ?? 5);
  const known = error as Partial<FastifyError>;
  if (known.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return refuse('tooLarge', String(FORM_MAXIMUM));
  const status = known.statusCode ?? 500;
  if (status >= 400 && status < 500)
    return refuse('malformed', `the ${request.method} request cannot be read`);
  return refuse('fault');
}
