import type { ErrorCode } from '../contract/errors.ts';
import { CordonError } from '../domain/error.ts';

/**
 * A refusal by whoever composes something above the server. Thrown in a route or a hook, it is answered, logged and
 * counted as the server's own are.
 * @param retryAfter seconds; null sends no `Retry-After`
 * @param cause goes to the log only
 */
export function refusal(
  code: ErrorCode,
  message: string,
  retryAfter: number | null = null,
  cause?: unknown,
): Error {
  return new CordonError(code, message, {
    ...(cause === undefined ? {} : { cause }),
    ...(retryAfter === null ? {} : { retryAfter }),
  });
}
