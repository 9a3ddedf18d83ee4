import type { FapolicydOptions } from './options.ts';
import type { Closure } from './reach.ts';
import { SYSCTLS, type SysctlValues } from './sysctls.ts';

/** What a responder must know to read a proof of fapolicyd rightly. */
const LIMITS: readonly string[] = [
  'The proof is this agent’s word: an intruder with root can stop the enforcer, forge it, or put a program in the place of a trusted one.',
  'Programs that were running before keep running.',
  'Code given to an interpreter passes: shell scripts, `python3 -c`, files that no language is recognised in. By it a whole program passes too: in memory through the dynamic loader, written into a trusted process, or put over a text that was just looked at.',
  'Containers have file systems of their own, which the enforcer does not watch.',
];

/** What stays open, by what would have closed it. */
const OPEN: readonly { readonly closure: Closure; readonly says: string }[] = [
  {
    closure: 'marks',
    says: 'A private mount namespace is a way round, since mounts are marked and not file systems.',
  },
  {
    closure: 'opening',
    says: 'Programs executed through the dynamic loader (ld.so FILE) pass, and libraries that look like programs.',
  },
  {
    closure: 'fuse',
    says: 'Users may mount FUSE file systems, and any program runs from there.',
  },
  { closure: 'memory', says: 'Programs executed from memory (memfd) pass.' },
  {
    closure: 'namespaces',
    says: 'User namespaces are allowed, and on what a user mounts in one any program runs.',
  },
];

export interface Circumstances {
  readonly options: FapolicydOptions;
  readonly closed: ReadonlySet<Closure>;
  /** The kernel's settings before the restriction. */
  readonly before: SysctlValues;
  readonly watched: readonly string[];
  /** File systems that stay outside. */
  readonly outside: readonly string[];
}

export function restrictedNotes({ options, closed, before, watched, outside }: Circumstances): string[] {
  const settings = SYSCTLS.flatMap(({ name, wanted, option, says }) =>
    options[option] && before[name] !== undefined
      ? `${says} ${name} was ${before[name]} and is ${wanted}.`
      : [],
  );
  const opening = closed.has('opening')
    ? ['Untrusted ELF files cannot be opened, so they cannot be copied either, as evidence or into a backup.']
    : [];
  const mounting = closed.has('fuse')
    ? [
        'Users cannot mount FUSE file systems (sshfs, AppImages, document portals); those that are mounted stay.',
      ]
    : [];
  return [
    ...LIMITS,
    ...OPEN.flatMap(({ closure, says }) => (closed.has(closure) ? [] : says)),
    ...settings,
    ...opening,
    ...mounting,
    `Watched file systems: ${watched.join(', ')}.`,
    ...(outside.length === 0 ? [] : [`Not watched, and programs run from there: ${outside.join(', ')}.`]),
  ];
}
