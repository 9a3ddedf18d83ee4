/**
 * What can go wrong between agent and server, or on the agent's own disk.
 * - `unreachable`: no answer came (no connection, time-out, broken off). Tried again.
 * - `refused`: the server answered with an error. Tried again, after `retryAfterSeconds` when it says so.
 * - `unknownMachine`: the server does not know this machine. Tried again rarely, since a store may be restored.
 * - `untrusted`: the answer is not what the pinned server would say (signature, machine, nonce, protocol, generation).
 * - `configuration`: a person must change something before this can work.
 * - `ledger`: the device's memory could not be read or written.
 */
export type AgentErrorCode =
  | 'unreachable'
  | 'refused'
  | 'unknownMachine'
  | 'untrusted'
  | 'configuration'
  | 'ledger';

/** The agent's one error class. The message is for a person and holds no secret. */
export class AgentError extends Error {
  readonly code: AgentErrorCode;
  /** Seconds that the server asked to wait, null when it did not say. */
  readonly retryAfterSeconds: number | null;

  constructor(
    code: AgentErrorCode,
    message: string,
    options: { cause?: unknown; retryAfterSeconds?: number | null } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AgentError';
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}

/** The text of whatever was thrown, in one line. */
export function messageOf(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return message.replaceAll(/\s+/g, ' ').trim();
}
