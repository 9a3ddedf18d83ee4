import type { WireMachineAction } from '../contract/machine-action.ts';

/** What went wrong between the client and the service. */
export interface Fault {
  /** The service's code (`ResourceNotFound`), the token endpoint's (`invalid_client`), or one of {@link OWN_CODES}. */
  readonly code: string;
  readonly message: string;
  /** HTTP status; null when no answer came. */
  readonly status?: number | null;
  /** Correlation id of the service; its log has it too. */
  readonly target?: string | null;
  /** Seconds after which the service says a repetition can succeed. */
  readonly retryAfter?: number | null;
  /** Which step failed: getting a token, or the call itself. */
  readonly step?: 'token' | 'call';
  /** The action as it was last seen, where the wait for its end failed. */
  readonly action?: WireMachineAction | null;
  readonly cause?: unknown;
}

/** Codes that the client itself gives, with their meaning. */
export const OWN_CODES = {
  Unreachable: 'No answer came: nothing listens, the name is unknown, the connection broke, or time ran out.',
  OutcomeUnknown:
    'The connection broke after a change was asked for, and nobody knows whether the request arrived. Look before asking again.',
  CertificateRefused: 'The service is there, but its TLS certificate is not one that this client trusts.',
  UnexpectedAnswer: 'The answer is not what the API answers; something else may listen at the address.',
  NoTimedRelease: 'The service has no restriction that ends by itself; nothing was asked of the machine.',
  StillActive: 'The wait ended before the action did; the action goes on.',
} as const;

/**
 * Every failure of a verb, except that an aborted `signal` rejects with the signal's own reason. Its properties are
 * those of {@link Fault}, null where nothing is known.
 */
export class ClientError extends Error {
  readonly code: string;
  readonly status: number | null;
  readonly target: string | null;
  readonly retryAfter: number | null;
  readonly step: 'token' | 'call';
  readonly action: WireMachineAction | null;

  constructor(fault: Fault) {
    super(fault.message, fault.cause === undefined ? undefined : { cause: fault.cause });
    this.name = 'ClientError';
    this.code = fault.code;
    this.status = fault.status ?? null;
    this.target = fault.target ?? null;
    this.retryAfter = fault.retryAfter ?? null;
    this.step = fault.step ?? 'call';
    this.action = fault.action ?? null;
  }

  /** The same failure of a wait for `action`. */
  during(action: WireMachineAction | null): ClientError {
    const { code, message, status, target, retryAfter, step, cause } = this;
    return new ClientError({ code, message, status, target, retryAfter, step, cause, action });
  }
}

/** `cause.code` values with which Node and OpenSSL refuse a certificate. */
const CERTIFICATE_CODE = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ALTNAME/;

/** Innermost `code` of a chain of causes, such as `ECONNREFUSED`; null when there is none. */
export function systemCode(error: unknown): string | null {
  let code: string | null = null;
  let at: unknown = error;
  for (let depth = 0; depth < 8 && at !== null && typeof at === 'object'; depth += 1) {
    const { code: own, cause, errors } = at as { code?: unknown; cause?: unknown; errors?: unknown[] };
    if (typeof own === 'string') code = own;
    at = cause ?? errors?.[0];
  }
  return code;
}

/** `fetch` itself says only that it failed; the reason is its cause. */
function innermostMessage(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? innermostMessage(cause) : message;
}

/** Turns what `fetch` threw into a {@link ClientError}. */
export function unreachable(address: string, step: 'token' | 'call', error: unknown): ClientError {
  const system = systemCode(error);
  const timedOut = error instanceof Error && error.name === 'TimeoutError';
  const certificate = system !== null && CERTIFICATE_CODE.test(system);
  const detail = timedOut ? 'no answer in time' : (system ?? innermostMessage(error));
  return new ClientError({
    code: certificate ? 'CertificateRefused' : 'Unreachable',
    message: certificate
      ? `The certificate of ${address} is not trusted (${detail}).`
      : `No service answers at ${address} (${detail}).`,
    step,
    cause: error,
  });
}

/** Codes of `fetch` in Node for a connection that never came to be. A browser gives no code at all. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The failure of a call that changes something: where the request may have arrived, that is what is told. */
export function outcomeOf(error: unknown): unknown {
  if (!(error instanceof ClientError) || error.code !== 'Unreachable' || error.step === 'token') return error;
  if (NEVER_CONNECTED.has(systemCode(error.cause) ?? '')) return error;
  const message = `${error.message} The request may have arrived; look before asking again.`;
  return new ClientError({ code: 'OutcomeUnknown', message, cause: error.cause });
}

/** The codes of a 404 that is about the address, not about the machine. */
const NO_ADDRESS: readonly string[] = ['NotFound', 'UnexpectedAnswer'];

/** Whether the service has no such operation, as the vendor's has none of Cordon's own. */
export function lacksAddress(error: unknown): error is ClientError {
  return error instanceof ClientError && error.status === 404 && NO_ADDRESS.includes(error.code);
}
