import type { WantedMode } from '../../../contract/control.ts';
import { parseConfiguration } from './configuration.ts';

/** What a responder must know to read a proof of fapolicyd rightly. */
const LIMITS: Readonly<Record<WantedMode, readonly string[]>> = {
  restricted: [
    'The proof is this agent’s word: an intruder with root can stop the enforcer or forge it.',
    'Programs that were running before keep running.',
    'Code given to an interpreter passes: shell scripts, `python3 -c`, files that no language is recognised in.',
    'Containers have file systems of their own, which the enforcer does not watch.',
    'Programs executed from memory (memfd) or through the dynamic loader (ld.so FILE) pass on fapolicyd 1.1.x.',
    'File systems that a user mounts in a user namespace of their own are not watched.',
  ],
  unrestricted: [],
};

export function limitsOf(mode: WantedMode, configuration: string): string[] {
  if (mode === 'unrestricted') return [...LIMITS.unrestricted];
  const settings = parseConfiguration(configuration);
  const marks = settings.get('allow_filesystem_mark') === '1';
  return [
    ...LIMITS.restricted,
    `Watched file systems: ${settings.get('watch_fs') ?? 'the enforcer’s default'}.`,
    ...(marks
      ? []
      : ['A private mount namespace is a way round, since mounts are marked and not file systems.']),
  ];
}
