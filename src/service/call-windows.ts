import type { Operation, RateLimit } from '../contract/operation.ts';
import type { Caller } from '../domain/caller.ts';
import { CordonError } from '../domain/error.ts';
import { callerKey } from './call.ts';

/** A fixed window that begins with its first call. */
export interface CallWindow {
  readonly points: number;
  readonly seconds: number;
  /** As the refusal names it. */
  readonly text: string;
}

/** Limits must not slow a responder down (design, part 4). */
const USER_PER_MINUTE = 1200;
/** Clients take a `Retry-After` of at most 300 (reference, section 15); decision 0008. */
const RETRY_AFTER_MAXIMUM = 300;

const perMinuteWindow = (points: number): CallWindow => ({
  points,
  seconds: 60,
  text: `${points} per 00:01:00`,
});
const perHourWindow = (points: number): CallWindow => ({
  points,
  seconds: 3600,
  text: `${points} per 01:00:00`,
});

const made = new Map<string, readonly CallWindow[]>();

/** The longer one first, so that a caller is told the time after which both are free. */
function windowsFor(perMinute: number, perHour: number | null): readonly CallWindow[] {
  const name = `${perMinute}/${perHour}`;
  const present = made.get(name);
  if (present !== undefined) return present;
  const minute = perMinuteWindow(perMinute);
  const windows = perHour === null ? [minute] : [perHourWindow(perHour), minute];
  made.set(name, windows);
  return windows;
}

/**
 * What a call is counted in, and under which name within the tenant: an application per operation, a user over all.
 * @param limit replaces the limits that the table has; null leaves them, `off` counts nothing
 */
export function countedIn(
  limit: RateLimit | 'off' | null,
  caller: Caller,
  operation: Operation,
): { readonly name: string; readonly windows: readonly CallWindow[] } {
  if (limit === 'off') return { name: '', windows: [] };
  if (caller.kind === 'user')
    return { name: `${callerKey(caller)}:`, windows: windowsFor(USER_PER_MINUTE, null) };
  const counted = operation.limit === null ? null : (limit ?? operation.limit);
  const windows = counted === null ? [] : windowsFor(counted.perMinute, counted.perHour);
  return { name: `${callerKey(caller)}:${operation.id}`, windows };
}

/** @param millisecondsLeft until the window ends */
export function exceeded({ text }: CallWindow, millisecondsLeft: number): CordonError {
  const seconds = Math.min(RETRY_AFTER_MAXIMUM, Math.max(1, Math.ceil(millisecondsLeft / 1000)));
  return new CordonError('TooManyRequests', `API calls quota exceeded! maximum allowed ${text}.`, {
    retryAfter: seconds,
  });
}
