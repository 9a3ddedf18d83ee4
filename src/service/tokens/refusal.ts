import type { TokenRefusalName } from '../../contract/token.ts';

/** Why no token is issued. A value and not an exception: it is an ordinary answer of the token endpoint. */
export interface Refused {
  readonly refused: TokenRefusalName;
  /** What the refusal is about, shown to the caller: a name, never a secret. */
  readonly subject: string;
  /** Seconds until a repetition can succeed. */
  readonly retryAfter: number | null;
}

/** Longest name of the caller's that a refusal repeats. */
const SUBJECT_MAXIMUM = 200;

export function refuse(name: TokenRefusalName, subject = '', retryAfter: number | null = null): Refused {
  return {
    refused: name,
    subject: subject.slice(0, SUBJECT_MAXIMUM).replaceAll(/\p{Cc}/gu, '\u{fffd}'),
    retryAfter,
  };
}

export function isRefused<T extends object>(value: T | Refused): value is Refused {
  return 'refused' in value;
}
