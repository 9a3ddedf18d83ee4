import type { Check } from '../../contract/device.ts';
import { type Attempt, describeAttempt } from './attempt.ts';
import type { Barrier } from './barriers.ts';
import type { CanaryResult } from './canary.ts';
import { CANARY_CASES } from './cases.ts';

/** What must come of a case. */
export type Expected =
  | { readonly kind: 'attempt'; readonly attempt: Attempt }
  /** Refused, by any of these: another barrier proves nothing about them. */
  | { readonly kind: 'refused'; readonly by: readonly Barrier[] }
  /** Anything but that: what else stands in the way is the device's own. */
  | { readonly kind: 'not refused'; readonly by: Barrier }
  /** Nothing here could refuse it. It is tried and told all the same, and decides nothing. */
  | { readonly kind: 'out of reach' };

export type Expectation = (name: string) => Expected;

const TRUSTED: ReadonlySet<string> = new Set(
  CANARY_CASES.flatMap(({ name, trusted }) => (trusted ? [name] : [])),
);

/** Whether the case runs a program that must run in every mode. */
export const isTrusted = (name: string): boolean => TRUSTED.has(name);

/** One check per case that could be tried. */
export function canaryChecks(result: CanaryResult, expectation: Expectation): Check[] {
  return Object.entries(result).flatMap(([name, outcome]): Check[] => {
    if (outcome.kind === 'untried') return [];
    const expected = expectation(name);
    return [
      {
        name,
        expected: describeExpected(expected),
        observed: describeAttempt(outcome),
        passed: isAsExpected(outcome, expected),
      },
    ];
  });
}

/** What a reader must know of cases that are not among the checks. */
export function untriedNotes(result: CanaryResult): string[] {
  return Object.entries(result).flatMap(([name, outcome]) =>
    outcome.kind === 'untried' ? `Not tried: ${name} (${outcome.detail}).` : [],
  );
}

function isAsExpected(outcome: Attempt, expected: Expected): boolean {
  if (expected.kind === 'out of reach') return true;
  if (expected.kind === 'not refused') return outcome.kind !== 'refused' || outcome.barrier !== expected.by;
  if (outcome.kind === 'unclear') return false;
  if (expected.kind === 'refused') return outcome.kind === 'refused' && expected.by.includes(outcome.barrier);
  return describeAttempt(outcome) === describeAttempt(expected.attempt);
}

function describeExpected(expected: Expected): string {
  if (expected.kind === 'attempt') return describeAttempt(expected.attempt);
  if (expected.kind === 'not refused') return `not refused by ${expected.by}`;
  return expected.kind === 'refused' ? `refused by ${expected.by.join(' or ')}` : 'out of reach';
}
