/**
 * Every error code the server answers with, its HTTP status and what it means. The vendor's codes come from the
 * reference, section 6; the rest are additions for what its pages leave open.
 * `docs/errors.md` is compared with this table by test.
 */
export const ERROR_CODES = {
  BadRequest: { status: 400, meaning: 'The request cannot be understood.' },
  ODataError: { status: 400, meaning: 'The OData query is invalid; the message says what and where.' },
  InvalidInput: { status: 400, meaning: 'A value has the right type but is not acceptable.' },
  InvalidRequestBody: { status: 400, meaning: 'The body is not the JSON that the operation takes.' },
  InvalidIpAddress: { status: 400, meaning: 'The IP address is invalid.' },
  MissingRequiredParameter: { status: 400, meaning: 'A required parameter is missing or blank.' },
  MaximumBatchSizeExceeded: { status: 400, meaning: 'More items than one call may name.' },
  OsPlatformNotSupported: { status: 400, meaning: 'No driver can do this action on the operating system.' },
  ClientVersionNotSupported: { status: 400, meaning: 'The operating system is too old for this action.' },
  ActiveRequestAlreadyExists: {
    status: 400,
    meaning: 'An action of the same control is active on the machine.',
  },
  Unauthorized: { status: 401, meaning: 'The access token is missing, expired or not acceptable.' },
  Forbidden: { status: 403, meaning: 'The caller lacks a permission, named in the message.' },
  DisallowedOperation: { status: 403, meaning: 'The operation is not allowed here; the message says why.' },
  NotFound: { status: 404, meaning: 'There is no such address.' },
  ResourceNotFound: {
    status: 404,
    meaning: 'The named resource does not exist or is not visible to the caller.',
  },
  MethodNotAllowed: { status: 405, meaning: 'The address exists for the methods in the Allow header.' },
  RequestTimeout: { status: 408, meaning: 'The request did not arrive within a minute.' },
  PayloadTooLarge: { status: 413, meaning: 'The body is larger than the operation takes.' },
  UriTooLong: { status: 414, meaning: 'The address with its headers is longer than 128 KB.' },
  UnsupportedMediaType: { status: 415, meaning: 'The Content-Type is not the one the operation takes.' },
  IdempotencyMismatch: {
    status: 422,
    meaning: 'The Idempotency-Key was used before for a different request.',
    wire: 'InvalidInput',
  },
  TooManyRequests: {
    status: 429,
    meaning: 'The quota is used up; Retry-After says when the next call is free.',
  },
  InternalServerError: { status: 500, meaning: 'A fault of the server; its log has the correlation id.' },
  ServiceUnavailable: {
    status: 503,
    meaning: 'Not possible at this moment; Retry-After says when to try again.',
  },
} as const satisfies Record<string, { status: number; meaning: string; wire?: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** The body of every error answer. `target` is the correlation id, which the server's log has too. */
export interface WireError {
  error: { code: string; message: string; target: string };
}
