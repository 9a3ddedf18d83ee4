import { ERROR_CODES, type ErrorCode } from '../contract/errors.ts';

/**
 * The one error class. `code` is for machines and stable; `message` is for people and may be shown to the caller, so
 * it never carries the inside of a fault: that goes into `cause`, which only the log sees.
 */
export class CordonError extends Error {
  readonly code: ErrorCode;
  /** Seconds until a repetition can succeed; sent as `Retry-After`. */
  readonly retryAfter: number | null;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryAfter?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CordonError';
    this.code = code;
    this.retryAfter = options.retryAfter ?? null;
  }

  get status(): number {
    return ERROR_CODES[this.code].status;
  }
}
