import { type Barrier, barrierOf, type Step } from './barriers.ts';

/**
 * What came of trying to run a program.
 * - `ran`: it ended with the status it was made to end with.
 * - `refused`: the kernel did not let it start; `errno` and `barrier` say what stood in the way.
 * - `untried`: it cannot be tried on this device, as where the program that would try it is missing.
 * - `unclear`: anything else; never taken for another.
 */
export type Attempt =
  | { readonly kind: 'ran' }
  | { readonly kind: 'refused'; readonly errno: string; readonly barrier: Barrier }
  | { readonly kind: 'untried'; readonly detail: string }
  | { readonly kind: 'unclear'; readonly detail: string };

export const RAN: Attempt = { kind: 'ran' };

export function refused(step: Step, errno: string): Attempt {
  return { kind: 'refused', errno, barrier: barrierOf(step, errno) };
}

/** In the words of the evidence. */
export function describeAttempt(outcome: Attempt): string {
  if (outcome.kind === 'ran') return 'ran';
  if (outcome.kind === 'refused') return `refused (${outcome.errno}, ${outcome.barrier})`;
  return outcome.kind === 'untried' ? `not tried: ${outcome.detail}` : outcome.detail;
}
