import type { FastifyInstance, FastifyReply } from 'fastify';
import type { SignInError } from '../../contract/console.ts';
import { CordonError } from '../../domain/error.ts';
import type { OpenIdConnect } from '../../service/sessions/open-id-connect.ts';
import type { Failures } from '../../service/tokens/failures.ts';
import { rawQueryOf } from '../handler.ts';
import { memoryCookie } from './cookie.ts';
import { beginSession, type SessionRouteOptions } from './routes.ts';

export interface OpenIdConnectRouteOptions
  extends Pick<SessionRouteOptions, 'sessions' | 'gate' | 'publicUrl' | 'log'> {
  /** Null where no provider is set for the console. */
  readonly provider: (() => Promise<OpenIdConnect>) | null;
  readonly failures: Failures;
}

const CALLBACK = 'sign-in callback';

/** The two redirects of a sign-in at the identity provider. */
export function openIdConnectRoutes(app: FastifyInstance, options: OpenIdConnectRouteOptions): void {
  const { provider, failures, log } = options;
  const cookie = () => memoryCookie(options.publicUrl());
  const required = (): Promise<OpenIdConnect> => {
    if (provider !== null) return provider();
    throw new CordonError('NotFound', 'No identity provider is set for the console.');
  };
  const back = (reply: FastifyReply, path: string) =>
    reply.header('cache-control', 'no-store').redirect(path, 302);

  app.get('/cordon/v1/signin/openidconnect', async (request, reply) => {
    const openIdConnect = await required();
    const asked = new URLSearchParams(rawQueryOf(request)).get('returnTo') ?? '';
    try {
      const { location, memory } = await openIdConnect.begin(asked.slice(0, 1024));
      return back(reply.header('set-cookie', cookie().begin(memory)), location);
    } catch (error) {
      log.warn({ reason: (error as Error).message }, 'the identity provider cannot be reached');
      return back(reply, failurePage('unavailable'));
    }
  });

  app.get('/cordon/v1/signin/callback', async (request, reply) => {
    const openIdConnect = await required();
    if ((await failures.refusal(CALLBACK, request.ip)) !== null)
      return back(reply, failurePage('unavailable'));
    const finished = await openIdConnect.finish(rawQueryOf(request), cookie().read(request.headers.cookie));
    if ('failed' in finished) {
      await failures.count(CALLBACK, request.ip);
      return back(reply.header('set-cookie', cookie().end()), failurePage(finished.failed));
    }
    const { person, returnTo } = finished;
    await beginSession(request, reply, options, async () => ({ person, method: 'openIdConnect' }));
    return back(reply.header('set-cookie', cookie().end()), returnTo);
  });
}

const failurePage = (code: SignInError): string => `/console/sign-in?error=${code}`;
