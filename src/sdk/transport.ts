import { ClientError, outcomeOf, unreachable } from './error.ts';
import { type RetryPolicy, secondsToWait, withRetries } from './retry.ts';
import { pathOf, ROUTES, type Route, type RouteId } from './routes.ts';
import type { Service } from './service.ts';
import { limited, type System } from './system.ts';
import type { TokenProvider } from './token.ts';

export interface CallInput {
  readonly parameters?: Readonly<Record<string, string>>;
  /** `$filter=…&$top=…` and the like; blanks travel as `+`. */
  readonly query?: URLSearchParams;
  readonly body?: unknown;
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** True where the caller has retries of its own. */
  readonly single?: boolean;
}

/** Makes one call and returns the answer's JSON; undefined for an answer without a body. */
export type Transport = <T>(route: RouteId | Route, input?: CallInput) => Promise<T>;

const CALL_TIME_LIMIT = 60_000;

export interface Target {
  /** Address of the service without `/api`. */
  readonly url: string;
  readonly service: Service;
}

/** Calls below the target's address with tokens of `tokens`; a refused token is replaced once. */
export function transport(
  { url, service }: Target,
  tokens: TokenProvider,
  retry: RetryPolicy,
  system: System,
): Transport {
  const base = url.replace(/\/+$/, '');

  const once = async (route: Route, input: CallInput): Promise<unknown> => {
    const query = input.query === undefined || input.query.size === 0 ? '' : `?${input.query}`;
    const token = await tokens.get(input.signal);
    const headers: Record<string, string> = { authorization: `Bearer ${token}`, accept: 'application/json' };
    if (input.body !== undefined) headers['content-type'] = 'application/json';
    if (input.idempotencyKey !== undefined) headers['idempotency-key'] = input.idempotencyKey;
    let response: Response;
    let text: string;
    try {
      response = await system.fetch(`${base}${pathOf(route, input.parameters ?? {})}${query}`, {
        method: route.method,
        headers,
        body: input.body === undefined ? null : JSON.stringify(input.body),
        redirect: 'manual',
        signal: limited(input.signal, CALL_TIME_LIMIT),
      });
      text = await response.text();
    } catch (error) {
      if (input.signal?.aborted) throw input.signal.reason;
      throw unreachable(base, 'call', error);
    }
    return answerOf(response, text, base, system);
  };

  return <T>(called: RouteId | Route, input: CallInput = {}) => {
    const route: Route = typeof called === 'string' ? ROUTES[called] : called;
    const repeatable = route.method === 'GET' || (input.idempotencyKey !== undefined && service === 'cordon');
    let renewed = false;
    const call = async (): Promise<unknown> => {
      try {
        return await once(route, input);
      } catch (error) {
        const refused = error instanceof ClientError && error.status === 401 && error.step === 'call';
        if (!refused || renewed) throw error;
        renewed = true;
        tokens.drop();
        return await once(route, input);
      }
    };
    const answer = input.single ? call() : withRetries(call, repeatable, retry, system, input.signal);
    const told = (error: unknown) => {
      throw route.method === 'GET' ? error : outcomeOf(error);
    };
    return answer.catch(told) as Promise<T>;
  };
}

function answerOf(response: Response, text: string, base: string, system: System): unknown {
  const value = text === '' ? undefined : parsed(text);
  if (response.ok && value !== UNREADABLE) return value;
  const error = (value as { error?: { code?: unknown; message?: unknown; target?: unknown } } | null)?.error;
  const isOurs = typeof error?.code === 'string' && typeof error.message === 'string';
  const location = response.headers.get('location');
  throw new ClientError({
    code: isOurs ? (error.code as string) : 'UnexpectedAnswer',
    message: isOurs
      ? (error.message as string)
      : location !== null
        ? `${base} redirects to ${location}; use that address.`
        : `${base} answered ${response.status} and not in the API's form.`,
    status: response.status,
    target: isOurs && typeof error.target === 'string' ? error.target : null,
    retryAfter: secondsToWait(response, system),
  });
}

const UNREADABLE = Symbol('unreadable');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return UNREADABLE;
  }
}
