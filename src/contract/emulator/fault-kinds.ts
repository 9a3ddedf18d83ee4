import { finite, INVALID, integer, nullable, object, oneOf, type Rule, refuse, text } from '../check.ts';
import { ERROR_CODES, type ErrorCode } from '../errors.ts';

/**
 * When a fault happens. `before`: instead of the work, nothing was done. `after`: the work is done, and its answer is
 * spoilt or lost. `middle`: the work is done, and the answer ends half-way.
 */
export type Moment = 'before' | 'after' | 'middle';

/** Milliseconds, or a range of them out of which the seed chooses. */
export type Delay = number | readonly [least: number, most: number];

/** What is done to a call; which fields go with which kind says {@link FAULT_KINDS}. */
export interface Fault {
  readonly kind: FaultKind;
  readonly moment: Moment;
  /** Passes before the rest of the fault. */
  readonly delay: Delay | null;
  readonly code?: ErrorCode;
  readonly message?: string;
  /** Seconds; null sends no `Retry-After`. */
  readonly retryAfter?: number | null;
  readonly status?: number;
  readonly text?: string;
  readonly contentType?: string;
  readonly bytes?: number;
}

/** A connection on which nothing moves for 120 s is ended by the server, so a longer delay would drop it. */
export const DELAY_MAXIMUM = 115_000;
const RETRY_AFTER = nullable(integer(0, 86_400));
const CONTENT_TYPE = text(1, 200, /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/);
const BODY = text(0, 65_536);

interface Kind {
  readonly summary: string;
  /** The first is meant where a rule names none. */
  readonly moments: readonly [Moment, ...Moment[]];
  readonly required: Readonly<Record<string, Rule<unknown>>>;
  readonly optional: Readonly<Record<string, Rule<unknown>>>;
}

const milliseconds = finite(0, DELAY_MAXIMUM);
const delay: Rule<Delay> = (input, path, faults) => {
  if (typeof input === 'number') return milliseconds(input, path, faults);
  if (!Array.isArray(input) || input.length !== 2)
    return refuse(
      faults,
      path,
      'must be milliseconds, or the least and the most of them, such as [500, 2000]',
    );
  const least = milliseconds(input[0], `${path}[0]`, faults);
  const most = milliseconds(input[1], `${path}[1]`, faults);
  if (typeof least !== 'number' || typeof most !== 'number') return INVALID;
  return least <= most ? [least, most] : refuse(faults, path, 'must have the least milliseconds first');
};

export const FAULT_KINDS = {
  slow: {
    summary: 'the answer comes `delay` milliseconds late',
    moments: ['before', 'after'],
    required: { delay },
    optional: {},
  },
  error: {
    summary: 'an error of the API by its `code`, with `message` and `retryAfter` (seconds)',
    moments: ['before', 'after'],
    required: { code: oneOf(Object.keys(ERROR_CODES) as ErrorCode[]) },
    optional: { message: text(1, 1000), retryAfter: RETRY_AFTER },
  },
  answer: {
    summary: 'any answer: `status`, `text`, `contentType`, `retryAfter`; such as the HTML of a gateway',
    moments: ['before', 'after'],
    required: { status: integer(200, 599) },
    optional: { text: BODY, contentType: CONTENT_TYPE, retryAfter: RETRY_AFTER },
  },
  drop: {
    summary: 'the connection is closed without an answer, or half-way through it',
    moments: ['before', 'after', 'middle'],
    required: {},
    optional: {},
  },
  body: {
    summary: 'the true status with another body: `text` (empty when left out)',
    moments: ['after'],
    required: {},
    optional: { text: BODY, contentType: CONTENT_TYPE },
  },
  truncate: {
    summary: 'the body ends after `bytes`, or half of it, in an answer that is whole by its length',
    moments: ['after'],
    required: {},
    optional: { bytes: integer(0, 1_000_000) },
  },
  contentType: {
    summary: 'the true answer under another `contentType`',
    moments: ['after'],
    required: { contentType: CONTENT_TYPE },
    optional: {},
  },
} as const satisfies Record<string, Kind>;

export type FaultKind = keyof typeof FAULT_KINDS;
export const FAULT_KIND_NAMES = Object.keys(FAULT_KINDS) as FaultKind[];

/** The fault of a rule, checked by the row of its kind. */
export const fault: Rule<Fault> = (input, path, faults) => {
  const named = object<{ kind: FaultKind }>({ kind: oneOf(FAULT_KIND_NAMES) }, {})(input, path, faults);
  if (named === INVALID) return INVALID;
  const { moments, required, optional }: Kind = FAULT_KINDS[named.kind];
  const whole = closed(
    { kind: oneOf([named.kind]), ...required },
    { delay, ...optional, moment: oneOf(moments) },
  )(input, path, faults);
  if (whole === INVALID) return INVALID;
  return { moment: moments[0], delay: null, ...whole } as unknown as Fault;
};

/** An object with these properties and no others: what is not known was mistyped. */
export function closed(
  required: Readonly<Record<string, Rule<unknown>>>,
  optional: Readonly<Record<string, Rule<unknown>>>,
): Rule<Record<string, unknown>> {
  const known = [...new Set([...Object.keys(required), ...Object.keys(optional)])];
  const shape = object<Record<string, unknown>>(
    required as never,
    Object.fromEntries(Object.entries(optional).filter(([name]) => !(name in required))) as never,
  );
  return (input, path, faults) => {
    const value = shape(input, path, faults);
    if (typeof input !== 'object' || input === null) return value;
    const unknown = Object.keys(input).find((name) => !known.includes(name));
    if (unknown === undefined) return value;
    return refuse(
      faults,
      `${path}.${unknown.slice(0, 64)}`,
      `is not known here; known are ${known.join(', ')}`,
    );
  };
}
