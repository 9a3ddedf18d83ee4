import type { ActionTypeName } from '../../../src/contract/control.ts';
import type { WireRequestedAction } from '../../../src/contract/cordon.ts';

/** A request as it was sent last. */
export interface Attempt {
  readonly key: string;
  readonly said: string;
}

/** What one request says of all machines. */
export interface Asked {
  readonly type: ActionTypeName;
  readonly comment: string;
  readonly releaseAfter: string | null;
}

/**
 * The attempt that comes next. It has the key of the last one as long as it says the same, so that a second try after a
 * lost answer, or for the machines that were refused, starts nothing twice; a changed comment is another request.
 */
export function nextAttempt(last: Attempt | null, asked: Asked, newKey: () => string): Attempt {
  const said = JSON.stringify([asked.type, asked.comment, asked.releaseAfter]);
  return last?.said === said ? last : { key: newKey(), said };
}

/** The results of all tries: of each machine the newest. */
export function mergeResults(
  before: readonly WireRequestedAction[],
  now: readonly WireRequestedAction[],
): WireRequestedAction[] {
  const newest = new Map([...before, ...now].map((result) => [result.machine, result]));
  return [...newest.values()];
}

export const refusedOf = (results: readonly WireRequestedAction[]): WireRequestedAction[] =>
  results.filter(({ action }) => action === null);
