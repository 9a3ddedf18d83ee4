import type { WireError } from '../../../src/contract/errors.ts';
import { setAnswering } from './answering.ts';
import { BACKGROUND_HEADER, CSRF_HEADER } from './headers.ts';
import { Problem } from './problem.ts';

/** Milliseconds after which a call counts as lost. */
const PATIENCE = 30_000;

export interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  /** `Idempotency-Key`: the same call again with the same key starts nothing twice. */
  readonly key?: string;
  /** True for what the page asks by itself, which must not keep an unattended session alive. */
  readonly background?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** What all calls share. The pages have one session at a time. */
const shared = { csrfToken: '', onEnded: () => {}, isAttended: () => true };

export function setCsrfToken(csrfToken: string): void {
  shared.csrfToken = csrfToken;
}

/** @param listener is called when an answer says that the session is over */
export function whenSessionEnds(listener: () => void): void {
  shared.onEnded = listener;
}

/** @param isAttended whether a person is at the page at this moment; what is only read while nobody is keeps no session */
export function whileAttended(isAttended: () => boolean): void {
  shared.isAttended = isAttended;
}

/**
 * Calls the API with the session's cookie.
 * @throws Problem for every answer that is no success, and where no answer came
 */
export async function call<T>(path: string, options: CallOptions = {}): Promise<T> {
  const { method = 'GET', body, signal } = options;
  const patience = AbortSignal.timeout(PATIENCE);
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: headersOf(options),
      credentials: 'same-origin',
      signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    setAnswering(true);
    if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  } catch (error) {
    if (signal?.aborted === true) throw error;
    setAnswering(false);
    throw Problem.unreachable();
  }
  const problem = await problemOf(response);
  if (problem.status === 401) shared.onEnded();
  throw problem;
}

function headersOf({ method = 'GET', body, key, background }: CallOptions): Record<string, string> {
  const unasked = background === true || (method === 'GET' && !shared.isAttended());
  return {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(method === 'GET' ? {} : { [CSRF_HEADER]: shared.csrfToken }),
    ...(key === undefined ? {} : { 'idempotency-key': key }),
    ...(unasked ? { [BACKGROUND_HEADER]: '1' } : {}),
  };
}

async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text().catch(() => '');
  try {
    const { error } = JSON.parse(text) as WireError;
    return new Problem(response.status, error.code, error.message, error.target ?? null);
  } catch {
    // Not of Cordon: of a proxy between.
    return new Problem(
      response.status,
      'Unreadable',
      `The answer has status ${response.status} and is none of Cordon's. Is a proxy between?`,
      null,
    );
  }
}
