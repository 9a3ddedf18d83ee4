import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Discovery } from '../../service/tokens/discovery.ts';
import type { TokenService } from '../../service/tokens/grants.ts';
import { isRefused, type Refused, refuse } from '../../service/tokens/refusal.ts';
import { FORM_MAXIMUM, formOfGet, TOO_LARGE } from './body.ts';
import { createSendRefusal, type RefusalOptions, refusalOf, type SendRefusal } from './refusals.ts';
import { wireToken } from './reply.ts';

export interface TokenRouteOptions extends RefusalOptions {
  readonly tokens: TokenService;
  readonly discovery: Discovery;
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

/** Serves the embedded issuer: a plugin for an instance that matches paths in any letter case. */
export async function tokenRoutes(app: FastifyInstance, options: TokenRouteOptions): Promise<void> {
  const sendRefusal = createSendRefusal(options);
  app.removeAllContentTypeParsers();
  // Whatever the Content-Type says, the body is a form: what is no form lacks its parameters and is refused so.
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: FORM_MAXIMUM }, (_request, body, done) =>
    done(null, body),
  );
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control'))
      reply.header('cache-control', 'no-store').header('pragma', 'no-cache');
  });
  app.setErrorHandler((error: unknown, request, reply) =>
    sendRefusal(request, reply, refusalOf(error, request), error),
  );
  grantRoutes(app, options.tokens, sendRefusal);
  discoveryRoutes(app, options.discovery, sendRefusal);
}

function grantRoutes(app: FastifyInstance, tokens: TokenService, sendRefusal: SendRefusal): void {
  for (const [url, version] of Object.entries(TOKEN_PATHS)) {
    const answer = async (request: FastifyRequest<TenantRoute>, reply: FastifyReply, body: string) => {
      const { authorization } = request.headers;
      const tenant = request.params.tenant ?? '';
      const token = await tokens.answer({ tenant, version, body, authorization, address: request.ip });
      return isRefused(token) ? sendRefusal(request, reply, token) : reply.send(wireToken(token, version));
    };
    app.post<TenantRoute>(url, async (request, reply) => answer(request, reply, String(request.body ?? '')));
    app.route<TenantRoute>({
      method: ['PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'],
      url,
      handler: async (request, reply) =>
        sendRefusal(request, reply.header('allow', 'GET, POST'), refuse('wrongMethod', request.method)),
    });
    app.get<TenantRoute>(url, { exposeHeadRoute: false }, async (request, reply) => {
      const body = await formOfGet(request);
      if (body === '') return sendRefusal(request, reply, refuse('onlyPost', 'GET'));
      if (body !== TOO_LARGE) return answer(request, reply, body);
      return sendRefusal(
        request,
        reply.header('connection', 'close'),
        refuse('tooLarge', String(FORM_MAXIMUM)),
      );
    });
  }
}

/** Seconds; shorter than the day for which a new key is published before it signs. */
const PUBLISHED_FOR = 3600;

function discoveryRoutes(app: FastifyInstance, discovery: Discovery, sendRefusal: SendRefusal): void {
  const publish = (request: FastifyRequest, reply: FastifyReply, document: object | Refused) =>
    isRefused(document)
      ? sendRefusal(request, reply, document)
      : reply.header('cache-control', `public, max-age=${PUBLISHED_FOR}`).send(document);

  for (const [url, version] of Object.entries(DISCOVERY_PATHS)) {
    app.get<TenantRoute>(url, async (request, reply) =>
      publish(request, reply, await discovery.document(request.params.tenant ?? null, version)),
    );
  }
  for (const url of KEY_PATHS) {
    app.get<TenantRoute>(url, async (request, reply) =>
      publish(request, reply, await discovery.keySet(request.params.tenant ?? null)),
    );
  }
  app.get('/common/discovery/instance', async (request, reply) =>
    publish(request, reply, discovery.instance()),
  );
}
