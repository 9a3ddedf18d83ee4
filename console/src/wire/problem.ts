/** Why a call came to nothing, in a form that pages can show. */
export class Problem extends Error {
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  /** A code of docs/errors.md, or `Unreachable`. */
  readonly code: string;
  /** Names the call in the server's log; null where no answer came. */
  readonly correlation: string | null;

  constructor(status: number, code: string, message: string, correlation: string | null) {
    super(message);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.correlation = correlation;
  }

  /** Nothing is known of what became of the call: it may have been carried out. */
  static unreachable(): Problem {
    return new Problem(0, 'Unreachable', 'The server cannot be reached.', null);
  }
}

/** Any thrown value as something to show. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Problem(0, 'Console', message, null);
}

/** Whether asking again may help without anything being changed. */
export const isPassing = ({ status }: Problem): boolean =>
  status === 0 || status === 408 || status === 429 || status >= 500;
