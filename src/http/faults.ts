import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ERROR_CODES, type ErrorCode, type WireError } from '../contract/errors.ts';
import { CordonError } from '../domain/error.ts';
import type { Log } from '../service/log.ts';
import { noteError } from './load/under-way.ts';
import { validationFault } from './validation.ts';

/** The vendor's literal content type (reference, section 1). */
export const ODATA_TYPE = 'application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8';

/** What Fastify's own refusals mean in our table; what is not here and not a 4xx is a fault of the server. */
const FRAMEWORK: Readonly<Record<string, { code: ErrorCode; message: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'PayloadTooLarge', message: 'The request body is too large.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'UnsupportedMediaType',
    message: 'The Content-Type is not supported; send application/json.',
  },
  FST_ERR_CTP_INVALID_JSON_BODY: {
    code: 'InvalidRequestBody',
    message: 'Invalid request body. It is not valid JSON.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'BadRequest',
    message: 'The request body does not have the length that Content-Length says.',
  },
  // Nothing of ours has a name that long.
  FST_ERR_MAX_PARAM_LENGTH: { code: 'ResourceNotFound', message: 'What the address names was not found' },
  FST_ERR_BAD_URL: { code: 'BadRequest', message: 'The address is not a valid URL.' },
};

/** Any thrown value as an error of the table. */
export function faultOf(error: unknown): CordonError {
  if (error instanceof CordonError) return error;
  const known = error as Partial<FastifyError>;
  if (known.validation !== undefined) return validationFault(known.validation);
  const framework = FRAMEWORK[known.code ?? ''];
  if (framework !== undefined) return new CordonError(framework.code, framework.message, { cause: error });
  if (error instanceof SyntaxError) {
    return new CordonError('InvalidRequestBody', 'Invalid request body. It is not valid JSON.', {
      cause: error,
    });
  }
  const status = known.statusCode ?? 500;
  if (status >= 400 && status < 500)
    return new CordonError('BadRequest', 'The request is not valid.', { cause: error });
  return new CordonError('InternalServerError', 'An internal error occurred; try again.', { cause: error });
}

/** What the caller is told of an error: its code on the wire, and its message. */
export function wireFault(fault: CordonError): { code: string; message: string } {
  const entry: { status: number; wire?: string } = ERROR_CODES[fault.code];
  return { code: entry.wire ?? fault.code, message: fault.message };
}

/** The body of an error answer. */
export function wireError(fault: CordonError, correlation: string): WireError {
  return { error: { ...wireFault(fault), target: correlation } };
}

/**
 * An error and what it came from, in words alone: what is refused until a database is back, or because too much is under
 * way, is refused many times a second, and where in the program says nothing about it.
 */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} ${reasonOf(cause)}` : message;
}

/** Answers a failure in the vendor's shape, and tells the log what the caller is not told. */
export function sendFault(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
): FastifyReply {
  const fault = faultOf(error);
  const fields = {
    correlation: request.id,
    method: request.method,
    route: request.routeOptions.url,
    code: fault.code,
  };
  if (fault.code === 'ServiceUnavailable') log.error({ ...fields, why: reasonOf(fault) }, 'call failed');
  else if (fault.status >= 500) log.error({ ...fields, err: fault.cause ?? fault }, 'call failed');
  else log.info(fields, 'call refused');
  return replyFault(fault, request, reply);
}

/** Answers in the vendor's shape what is in the log already. */
export function replyFault(fault: CordonError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  noteError(reply.raw, fault.code);
  if (fault.retryAfter !== null) reply.header('retry-after', String(fault.retryAfter));
  return reply
    .status(fault.status)
    .header('content-type', ODATA_TYPE)
    .header('odata-version', '4.0')
    .send(JSON.stringify(wireError(fault, request.id)));
}

/** Answers every failure of every route. */
export function answerFaults(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error: unknown, request: FastifyRequest, reply: FastifyReply) =>
    sendFault(error, request, reply, log),
  );
}
