import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from './refusal.ts';

/**
 * Sample rules that together mean "only trusted files execute". Left out on purpose: 20-dracut, whose
 * `allow perm=any uid=0 trust=1 : all` lets root run anything from a trusted shell (measured).
 */
export const RULE_GROUPS = [
  '10-languages',
  '30-patterns',
  '40-bad-elf',
  '41-shared-obj',
  '42-trusted-elf',
  '70-trusted-lang',
  '72-shell',
  '90-deny-execute',
  '95-allow-open',
] as const;

/** First line of every rules file of ours, by which they are known even when our own record is lost. */
export const RULES_MARKER =
  '# Written by cordon: code execution is restricted. Release through cordon, not by hand.';

/** Name and content of each rules file. @throws Refusal when the samples of the package are not there */
export async function restrictedRules(sampleRules: string, daemon: string): Promise<Map<string, string>> {
  const deny = denialFor(await readFile(daemon));
  const files = new Map<string, string>();
  for (const group of RULE_GROUPS) {
    const sample = await readFile(join(sampleRules, `${group}.rules`), 'utf8').catch((cause) => {
      throw new Refusal(
        `The sample rules ${group} are not in ${sampleRules}; reinstall the fapolicyd package.`,
        {
          cause,
        },
      );
    });
    files.set(`${group}.rules`, `${RULES_MARKER}\n${withDenial(sample, deny)}`);
  }
  return files;
}

type Denial = 'deny_audit' | 'deny_syslog' | 'deny';

/** The best of the decisions that the build knows: one without audit has no `deny_audit` and refuses rules with it. */
export function denialFor(daemon: Buffer): Denial {
  if (daemon.includes('deny_audit')) return 'deny_audit';
  return daemon.includes('deny_syslog') ? 'deny_syslog' : 'deny';
}

export function withDenial(rules: string, deny: Denial): string {
  return rules.replaceAll(/^deny_audit\b/gm, deny);
}

/** The rules in a text, without comments and empty lines, to compare files that different tools wrote. */
export function ruleLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** What `fagenrules` makes of the files: their rules in the natural order of the names. */
export function compiledLines(files: ReadonlyMap<string, string>): string[] {
  return [...files]
    .sort(([one], [other]) => one.localeCompare(other, 'en', { numeric: true }))
    .flatMap(([, text]) => ruleLines(text));
}
