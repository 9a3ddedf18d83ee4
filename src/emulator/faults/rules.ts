import type { Fault } from '../../contract/emulator/fault-kinds.ts';
import type { FaultRules, WireFaultRule, WireFaults } from '../../contract/emulator/fault-rules.ts';
import { chance, millisecondsOf } from './chance.ts';
import { fires, fits, type SeenCall } from './match.ts';

/** A fault that a rule has decided for one call. */
export interface Fired {
  readonly rule: string;
  readonly fault: Fault;
  /** Milliseconds, chosen out of the fault's range. */
  readonly delay: number;
}

/** Rules as they were read, and as they were written. */
export interface GivenRules {
  readonly read: FaultRules;
  readonly written: readonly WireFaultRule[];
}

export const NO_RULES: GivenRules = { read: { seed: 0, rules: [] }, written: [] };

/** The rules in force, with their counts. */
export interface RuleBook {
  /** Counts the call, and decides: the first rule that fires has it, later ones only count it. */
  decide(call: SeenCall): Fired | null;
  /** Puts other rules in force; every count begins at 0. */
  replace(rules: GivenRules): void;
  show(): WireFaults;
}

export function createRuleBook(start: GivenRules): RuleBook {
  let given = start;
  let counts = newCounts(start);
  return {
    decide(call) {
      const { seed, rules } = given.read;
      let decided: Fired | null = null;
      for (const [at, rule] of rules.entries()) {
        if (!rule.enabled || !fits(rule.calls, call)) continue;
        const count = counts[at]!;
        count.matched += 1;
        const n = count.matched;
        if (decided !== null || !fires(rule, n, count.fired, chance(seed, rule.name, n, 'fires'))) continue;
        count.fired += 1;
        const delay = millisecondsOf(rule.fault.delay, chance(seed, rule.name, n, 'delay'));
        decided = { rule: rule.name, fault: rule.fault, delay };
      }
      return decided;
    },
    replace(rules) {
      given = rules;
      counts = newCounts(rules);
    },
    show: () => ({
      seed: given.read.seed,
      rules: given.written.map((rule, at) => ({ rule, ...counts[at]! })),
    }),
  };
}

function newCounts({ read }: GivenRules): { matched: number; fired: number }[] {
  return read.rules.map(() => ({ matched: 0, fired: 0 }));
}
