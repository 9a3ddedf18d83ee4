import { CordonError } from '../../domain/error.ts';

/** SQLite's primary result codes for what is no fault of the statement and passes: the disk, a lock, memory. */
const PASSING: Readonly<Record<number, string>> = {
  5: 'the database is locked by another program',
  6: 'the database is locked by another program',
  7: 'memory is short',
  8: 'the database cannot be written',
  10: 'the disk failed',
  13: 'the disk is full',
  14: 'the database file cannot be opened',
};

/** An error as it travels between threads. */
export interface Failure {
  readonly message: string;
  /** SQLite's result code; null when it was none of SQLite's errors. */
  readonly code: number | null;
}

/** Seconds after which a caller may try again. */
const RETRY_AFTER = 2;

export const failureOf = (error: unknown): Failure => ({
  message: error instanceof Error ? error.message : String(error),
  code: (error as { errcode?: number }).errcode ?? null,
});

/** True when the whole database is affected, and so every unit of the group. */
export const isPassing = ({ code }: Failure): boolean => code !== null && (code & 0xff) in PASSING;

/** The error to reject with: 503 for what passes, else a fault. */
export function errorOf(failure: Failure): Error {
  const cause = new Error(`SQLite ${failure.code ?? ''}: ${failure.message}`);
  if (!isPassing(failure)) return cause;
  return unavailable('The store cannot do this at the moment.', cause);
}

export const unavailable = (message: string, cause?: unknown): CordonError =>
  new CordonError('ServiceUnavailable', message, { cause, retryAfter: RETRY_AFTER });
