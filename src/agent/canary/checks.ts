import type { Check } from '../../contract/device.ts';
import { type Attempt, describeAttempt } from './attempt.ts';
import { CANARY_CASES, type CanaryCaseName, type CanaryResult } from './canary.ts';

/** The attempt that is expected of a case. */
export type Expectation = (name: CanaryCaseName, trusted: boolean) => Attempt;

/** An enforcer of this kernel refuses with EPERM; any other errno is another barrier, and proves nothing about it. */
export const REFUSED: Attempt = { kind: 'refused', errno: 'EPERM' };
export const RAN: Attempt = { kind: 'ran' };

export const expectRestricted: Expectation = (_name, trusted) => (trusted ? RAN : REFUSED);
export const expectUnrestricted: Expectation = () => RAN;

/** One check per case. */
export function canaryChecks(result: CanaryResult, expectation: Expectation): Check[] {
  return CANARY_CASES.map(({ name, trusted }) => {
    const expected = describeAttempt(expectation(name, trusted));
    const observed = describeAttempt(result[name]);
    return { name, expected, observed, passed: result[name].kind !== 'unclear' && expected === observed };
  });
}
