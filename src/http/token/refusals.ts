import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { TOKEN_REFUSALS } from '../../contract/token.ts';
import { CordonError } from '../../domain/error.ts';
import type { Log } from '../../service/log.ts';
import { type Refused, refuse } from '../../service/tokens/refusal.ts';
import { FORM_MAXIMUM } from './body.ts';
import { wireRefusal } from './reply.ts';

/** Answers a refusal in OAuth's shape; `cause` is for the log alone. */
export type SendRefusal = (
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: Refused,
  cause?: unknown,
) => FastifyReply;

export interface RefusalOptions {
  readonly log: Log;
  /** A random GUID, for trace ids. */
  readonly newId: () => string;
  /** Milliseconds since 1970, for the timestamp of errors; never throws. */
  readonly milliseconds: () => number;
}

export function createSendRefusal({ log, newId, milliseconds }: RefusalOptions): SendRefusal {
  return (request, reply, refusal, cause) => {
    const traceId = newId();
    const { status, number } = TOKEN_REFUSALS[refusal.refused];
    const fields = {
      correlation: request.id,
      trace: traceId,
      route: request.routeOptions.url,
      refusal: number,
    };
    if (status >= 500) log.error({ ...fields, err: cause }, 'token request failed');
    else log.info(fields, 'token request refused');
    if (refusal.retryAfter !== null) reply.header('retry-after', String(refusal.retryAfter));
    // RFC 6749, section 5.2: answer in the scheme in which the client tried.
    if (status === 401 && /^basic /i.test(request.headers.authorization ?? '')) {
      reply.header('www-authenticate', 'Basic realm="Cordon", charset="UTF-8"');
    }
    const trace = { traceId, correlationId: correlationOf(request) ?? traceId, at: milliseconds() };
    return reply.status(status).send(wireRefusal(refusal, trace));
  };
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The id that clients give a request to find it again, when it is a GUID. */
function correlationOf(request: FastifyRequest): string | null {
  const query = request.query as Readonly<Record<string, unknown>>;
  const named = request.headers['client-request-id'] ?? query['client-request-id'];
  return typeof named === 'string' && GUID.test(named) ? named : null;
}

/** What stopped a request before the service could answer. */
export function refusalOf(error: unknown, request: FastifyRequest): Refused {
  if (error instanceof CordonError && error.code === 'ServiceUnavailable') {
    return refuse('unavailable', '', error.retryAfter ?? 5);
  }
  if (error instanceof CordonError && error.code === 'TooManyRequests')
    return refuse('tooManyFailures', '', error.retryAfter);
  const known = error as Partial<FastifyError>;
  if (known.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return refuse('tooLarge', String(FORM_MAXIMUM));
  const status = known.statusCode ?? 500;
  if (status >= 400 && status < 500)
    return refuse('malformed', `the ${request.method} request cannot be read`);
  return refuse('fault');
}
