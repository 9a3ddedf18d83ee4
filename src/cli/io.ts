import type { System } from '../sdk/system.ts';

/** A place to write to; a terminal has columns, a file has none. */
export interface Sink {
  /** False when it should be waited for `drain`. */
  write(text: string): unknown;
  once?(event: 'drain', listener: () => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Everything of the outside that a verb touches, so that tests can hold it in their hands. */
export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Asks the person at the terminal one question; null where nobody can answer. */
  readonly ask: ((question: string) => Promise<string>) | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** A fresh Idempotency-Key. */
  readonly newKey: () => string;
  /** Text of a file. */
  readonly readFile: (path: string) => Promise<string>;
  /** Lets every TLS connection of this process trust the PEM certificates too. */
  readonly trust: (pem: string) => void;
  readonly system?: Partial<System>;
}

/** Whether colours are wanted on a sink: a terminal, and neither NO_COLOR nor a dumb terminal. */
export function hasColours(sink: Sink, environment: Io['environment']): boolean {
  if (environment.FORCE_COLOR !== undefined && environment.FORCE_COLOR !== '0') return true;
  const refused = environment.NO_COLOR !== undefined && environment.NO_COLOR !== '';
  return sink.isTTY === true && !refused && environment.TERM !== 'dumb';
}
