import {
  check,
  finite,
  flag,
  INVALID,
  integer,
  list,
  nullable,
  oneOf,
  type Rule,
  refuse,
  text,
} from '../check.ts';
import { closed, type Fault, fault } from './fault-kinds.ts';

/** Which calls a rule is about: those that fit every property that is given. */
export interface CallPattern {
  /** Operations of the API by their ids, `token` or `discovery`. */
  readonly operation?: readonly string[];
  readonly method?: string;
  /** Path as sent, in any letter case; `*` stands for a part of a segment or all of it, `**` for anything. */
  readonly path?: string;
  /** DNS name or id of the machine in the path. */
  readonly machine?: string;
  /** Application (client) id of the token, or of the token request. */
  readonly application?: string;
  /** Principal of a user's token. */
  readonly user?: string;
  /** A request header, and the value that it must have; any when left out. */
  readonly header?: { readonly name: string; readonly value?: string };
}

/** What is known of when a rule fires; `n` counts the calls that it is about, from 1. */
export const TRIGGERS = {
  call: { value: integer(1, 1_000_000), summary: 'the n-th call alone' },
  first: { value: integer(1, 1_000_000), summary: 'the first n calls' },
  after: { value: integer(0, 1_000_000), summary: 'every call after the n-th' },
  every: { value: integer(1, 1_000_000), summary: 'every n-th call' },
  probability: { value: finite(0, 1), summary: 'each call with this probability, decided by `seed`' },
} as const satisfies Record<string, { value: Rule<number>; summary: string }>;

export type TriggerName = keyof typeof TRIGGERS;

export interface Trigger {
  readonly kind: TriggerName;
  readonly value: number;
}

/** A rule as it is written, with what it leaves out filled in. */
export interface FaultRule {
  /** Unique among the rules; what the journal shows. */
  readonly name: string;
  readonly enabled: boolean;
  readonly calls: CallPattern;
  /** Null fires at every call. */
  readonly when: Trigger | null;
  /** How often it fires at most; null without end. */
  readonly times: number | null;
  readonly fault: Fault;
}

/** A file of fault rules. Of the rules that would fire at a call, the first one does. */
export interface FaultRules {
  /** Decides probabilities and ranges: the same calls in the same order meet the same faults. */
  readonly seed: number;
  readonly rules: readonly FaultRule[];
}

/** Answer of `GET /cordon/v1/emulator/faults`: the rules as they were given, with their counts. */
export interface WireFaults {
  seed: number;
  rules: { rule: WireFaultRule; matched: number; fired: number }[];
}
export type WireFaultRule = Record<string, unknown> & { name: string };

const MOST_RULES = 200;
const NAME = text(1, 100);
const GUID = text(36, 36, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i);
const METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'] as const;

const when: Rule<Trigger> = (input, path, faults) => {
  const triggers = Object.fromEntries(Object.entries(TRIGGERS).map(([name, { value }]) => [name, value]));
  const found = closed({}, triggers)(input, path, faults);
  if (found === INVALID) return INVALID;
  const [only, ...more] = Object.entries(found) as [TriggerName, number][];
  if (only !== undefined && more.length === 0) return { kind: only[0], value: only[1] };
  return refuse(faults, path, `must have exactly one of ${Object.keys(TRIGGERS).join(', ')}`);
};

const header = closed({ name: text(1, 100, /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/) }, { value: text(0, 1000) });

/** One word or several. */
function words(operations: readonly string[]): Rule<string[]> {
  const one: Rule<string> = (input, path, faults) => {
    if (operations.includes(input as string)) return input as string;
    return refuse(
      faults,
      path,
      'must be an operation of docs/operations.md such as restrictCodeExecution, or token, or discovery',
    );
  };
  const several = list(one, 50);
  return (input, path, faults) =>
    (Array.isArray(input) ? several : list(one, 1))([input].flat(), path, faults);
}

/**
 * Reads rules from outside.
 * @param operations ids that a rule may name
 * @returns the rules, or what is wrong: each a sentence with the rule, the field and what is expected there
 */
export function checkFaultRules(
  input: unknown,
  operations: readonly string[],
):
  | { readonly ok: true; readonly value: FaultRules }
  | { readonly ok: false; readonly faults: readonly string[] } {
  const calls = closed(
    {},
    {
      operation: words(operations),
      method: oneOf(METHODS),
      path: text(1, 500, /^\//),
      machine: text(1, 255),
      application: GUID,
      user: text(1, 255),
      header,
    },
  );
  const rule = closed(
    { name: NAME, fault },
    { enabled: flag, calls, when, times: nullable(integer(1, 1_000_000)) },
  );
  const file = closed({ rules: list(rule, MOST_RULES) }, { seed: integer(0, Number.MAX_SAFE_INTEGER) });
  const checked = check(file, input, '');
  if (!checked.ok) return { ok: false, faults: checked.faults.map((fault) => sentence(fault, input)) };
  const preset = { enabled: true, calls: {}, when: null, times: null };
  const rules = (checked.value.rules as object[]).map((one) => ({ ...preset, ...one }) as FaultRule);
  const twice = rules.findIndex(({ name }, at) => rules.findIndex((other) => other.name === name) !== at);
  if (twice >= 0)
    return {
      ok: false,
      faults: [sentence(`.rules[${twice}].name: is the name of an earlier rule too; give it another`, input)],
    };
  return { ok: true, value: { seed: Number(checked.value.seed ?? 0), rules } };
}

/** `.rules[1].fault.code: must …` as `Rule 2 ("lost answer"), fault.code: must ….` */
function sentence(fault: string, input: unknown): string {
  const [, index, field = '', problem = fault] = /^\.rules\[(\d+)\]\.?(.*?): (.*)$/s.exec(fault) ?? [];
  if (index === undefined) return `${fault.replace(/^: /, 'The file: ').replace(/^\./, '')}.`;
  const name = (input as { rules: { name?: unknown }[] }).rules[Number(index)]?.name;
  const called = typeof name === 'string' ? ` (${JSON.stringify(name.slice(0, 100))})` : '';
  return `Rule ${Number(index) + 1}${called}${field === '' ? '' : `, ${field}`}: ${problem}.`;
}
