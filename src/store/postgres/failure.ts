import { CordonError } from '../../domain/error.ts';

/** Seconds after which a caller may try again. */
const RETRY_AFTER = 2;

/**
 * Classes and codes of SQLSTATE for what is no fault of the statement and passes: connection (08), resources (53),
 * intervention of an operator and time limits (57), the system (58), conflicts with others (40, 55P03), and a server
 * that has become a standby (25006).
 */
const PASSING = ['08', '53', '57', '58', '40', '55P03', '25006'];
/** Another unit was in the way; the same again may well succeed. */
const CONFLICTS = ['40001', '40P01', '55P03'];
/** The server gave a statement up at its time limit. */
const TIMED_OUT = '57014';

/** SQLSTATE of an error that the server reported; null when the connection itself failed. */
export const codeOf = (error: unknown): string | null => {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === 'string' && severity !== undefined ? code : null;
};

/** True when it is not known what the server did, because the answer did not come. */
export const isLost = (error: unknown): boolean => codeOf(error) === null;
export const isConflict = (error: unknown): boolean => CONFLICTS.includes(codeOf(error) ?? '');
export const isTimedOut = (error: unknown): boolean => codeOf(error) === TIMED_OUT;

/** True when the connection is of no more use: it broke, the server ends, or it became a standby. */
export const isBroken = (error: unknown): boolean => {
  const code = codeOf(error);
  return code === null || code.startsWith('08') || code.startsWith('57P') || code === '25006';
};

const isPassing = (error: unknown): boolean => {
  const code = codeOf(error);
  return code === null || PASSING.some((prefix) => code.startsWith(prefix));
};

/** The error to reject with: 503 for what passes, else a fault. Neither has the text or the values of a statement. */
export function errorOf(error: unknown): Error {
  if (error instanceof CordonError) return error;
  const { message } = error as Error;
  const cause = new Error(`PostgreSQL ${codeOf(error) ?? 'connection'}: ${message}`);
  return isPassing(error) ? unavailable('The store cannot do this at the moment.', cause) : cause;
}

export const unavailable = (message: string, cause?: unknown): CordonError =>
  new CordonError('ServiceUnavailable', message, { cause, retryAfter: RETRY_AFTER });
