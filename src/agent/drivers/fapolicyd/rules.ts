import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { FUSE_MOUNTERS } from '../../canary/programs.ts';
import type { FapolicydOptions } from './options.ts';
import { Refusal } from './refusal.ts';

/**
 * Sample rules that together mean "only trusted files execute". Left out on purpose: 20-dracut, whose
 * `allow perm=any uid=0 trust=1 : all` lets root run anything from a trusted shell (measured), and 21-updaters, whose
 * `allow perm=open exe=/usr/bin/rpm : all` lets anybody load an untrusted library into that program.
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

/**
 * Programs that open what is not trusted yet, as root and below {@link OPENED} only: package tools, since dpkg opens
 * each file that it has unpacked once more to synchronise it, and the agent, which takes the digests of new files. It
 * is no new way round: who may write there as root can replace a trusted file.
 */
export const OPENERS: readonly string[] = ['/usr/bin/dpkg', '/usr/sbin/ldconfig'];
export const OPENED: readonly string[] = ['/usr/', '/opt/'];

/** Our own rules, by file name. @param agent real path of the agent's runtime */
export function ownRules(
  { forbidOpening, forbidFuseMounts }: Pick<FapolicydOptions, 'forbidOpening' | 'forbidFuseMounts'>,
  agent: string,
): Map<string, string> {
  const openers = [...OPENERS, agent].flatMap((exe) =>
    OPENED.map((directory) => `allow perm=open uid=0 exe=${exe} trust=1 : dir=${directory}\n`),
  );
  // Before group 95, which lets everything be opened. Libraries are refused by group 41, malformed files by 40. Object
  // files are left out: kernel modules are such, and have no permission to execute by which they would be trusted.
  const opening = 'deny_audit perm=open all : ftype=application/x-executable trust=0\n';
  // Before group 42, which lets trusted programs be executed. A copy of them has no setuid bit, and mounts nothing.
  const mounting = FUSE_MOUNTERS.map((path) => `deny_audit perm=execute all : path=${path}\n`).join('');
  return new Map([
    ['21-cordon-openers.rules', openers.join('')],
    ...(forbidFuseMounts ? ([['22-cordon-fuse.rules', mounting]] as const) : []),
    ...(forbidOpening ? ([['80-cordon-opening.rules', opening]] as const) : []),
  ]);
}

/** Name and content of each rules file. @throws Refusal when the samples of the package are not there */
export async function restrictedRules(options: FapolicydOptions): Promise<Map<string, string>> {
  const { sampleRules, programs } = options;
  const deny = denialFor(await readFile(programs.daemon));
  const files = new Map<string, string>();
  for (const [name, rules] of ownRules(options, await realpath(process.execPath)))
    files.set(name, `${RULES_MARKER}\n${withDenial(rules, deny)}`);
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
