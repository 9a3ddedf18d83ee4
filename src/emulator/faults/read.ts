import { checkFaultRules, type WireFaultRule } from '../../contract/emulator/fault-rules.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import { readNamedFile } from '../../server/named-file.ts';
import { OTHER_OPERATIONS } from '../seen.ts';
import type { GivenRules } from './rules.ts';

/** What a rule may name as the operation of a call. */
export const OPERATION_NAMES: readonly string[] = [...Object.keys(OPERATIONS), ...OTHER_OPERATIONS];

/** Rules from outside. @returns the rules, or sentences that say what is wrong where */
export function rulesOf(content: unknown): GivenRules | readonly string[] {
  const checked = checkFaultRules(content, OPERATION_NAMES);
  if (!checked.ok) return checked.faults;
  return { read: checked.value, written: (content as { rules: WireFaultRule[] }).rules };
}

/** Reads `--faults FILE`. @throws Error that names the file, the rule, the field and what is expected there */
export async function readRules(path: string): Promise<GivenRules> {
  const text = await readNamedFile('--faults', path, 'a JSON file with fault rules');
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new Error(`The file of fault rules ${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
  const rules = rulesOf(content);
  if ('read' in rules) return rules;
  throw new Error(`The file of fault rules ${path} is not valid. ${rules.join(' ')}`);
}
