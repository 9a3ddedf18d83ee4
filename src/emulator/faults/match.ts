import type { CallPattern, FaultRule, TriggerName } from '../../contract/emulator/fault-rules.ts';
import { simulatedMachineId } from '../simulated-facts.ts';
import { hasForm } from './glob.ts';

/** A call as rules see it. */
export interface SeenCall {
  readonly operation: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** What stands for the machine in the path, null where none does. */
  readonly machine: string | null;
  readonly application: string | null;
  readonly user: string | null;
  header(name: string): string | undefined;
}

type Condition<K extends keyof CallPattern> = (
  wanted: NonNullable<CallPattern[K]>,
  call: SeenCall,
) => boolean;

const same = (one: string, other: string | null) => one.toLowerCase() === other?.toLowerCase();

const CONDITIONS: { readonly [K in keyof Required<CallPattern>]: Condition<K> } = {
  operation: (wanted, call) => wanted.includes(call.operation),
  method: (wanted, call) => same(wanted, call.method),
  path: (wanted, call) => hasForm(call.path, wanted),
  machine: (wanted, call) =>
    same(wanted, call.machine) || same(simulatedMachineId(wanted.toLowerCase()), call.machine),
  application: (wanted, call) => same(wanted, call.application),
  user: (wanted, call) => same(wanted, call.user),
  header: ({ name, value }, call) => {
    const sent = call.header(name.toLowerCase());
    return sent !== undefined && (value === undefined || sent === value);
  },
};

/** True for a call that has everything the pattern names. */
export function fits(pattern: CallPattern, call: SeenCall): boolean {
  return (Object.keys(pattern) as (keyof CallPattern)[]).every((name) =>
    (CONDITIONS[name] as Condition<typeof name>)(pattern[name] as never, call),
  );
}

/** `n` is the number of the call among those that the rule is about, `luck` from 0 to below 1. */
const FIRES: Readonly<Record<TriggerName, (value: number, n: number, luck: number) => boolean>> = {
  call: (value, n) => n === value,
  first: (value, n) => n <= value,
  after: (value, n) => n > value,
  every: (value, n) => n % value === 0,
  probability: (value, _n, luck) => luck < value,
};

/** Whether a rule fires at the `n`-th call that it is about, having fired `fired` times. */
export function fires({ when, times }: FaultRule, n: number, fired: number, luck: number): boolean {
  if (times !== null && fired >= times) return false;
  return when === null || FIRES[when.kind](when.value, n, luck);
}
