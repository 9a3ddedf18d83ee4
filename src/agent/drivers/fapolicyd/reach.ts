import { RAN } from '../../canary/attempt.ts';
import type { Barrier } from '../../canary/barriers.ts';
import type { CanaryCaseName } from '../../canary/cases.ts';
import { type Expected, isTrusted } from '../../canary/checks.ts';
import { parseConfiguration } from './configuration.ts';
import type { Context } from './context.ts';
import type { FapolicydOptions } from './options.ts';
import { forbiddenSysctls } from './sysctls.ts';

interface Closing {
  readonly barrier: Barrier;
  /** For the documents. */
  readonly says: string;
}

/** What closes ways round. */
export const CLOSURES = {
  rules: { barrier: 'the enforcer', says: 'the rules' },
  marks: { barrier: 'the enforcer', says: 'file-system marks' },
  opening: { barrier: 'the enforcer', says: 'no opening of untrusted ELF files' },
  namespaces: { barrier: 'the setting on user namespaces', says: 'no new user namespaces' },
  fuse: { barrier: 'the enforcer', says: 'no FUSE mounts by users' },
  memory: { barrier: 'the setting on programs in memory', says: 'no programs in memory' },
  digests: { barrier: 'the enforcer', says: '`integrity = sha256`, where the owner has it' },
} as const satisfies Readonly<Record<string, Closing>>;

export type Closure = keyof typeof CLOSURES;

/** Which of them refuse a case, each by itself (measured on 1.1.7-5; docs/enforcement.md). None: out of reach. */
export const REACH: Readonly<Record<CanaryCaseName, readonly Closure[]>> = {
  'untrusted program as another user': ['rules'],
  'untrusted program as root': ['rules'],
  'untrusted program from a bind mount made later': ['rules'],
  'untrusted program in a private mount namespace': ['marks'],
  'untrusted program in a fresh user namespace': ['marks', 'namespaces'],
  'untrusted program on a file system mounted in a user namespace': ['namespaces'],
  'program by which users mount FUSE file systems': ['fuse'],
  'untrusted program from memory': ['memory'],
  // `vm.memfd_noexec` forbids to execute it, and the loader only opens it, where no mark can be put (measured on 6.18).
  'untrusted program from memory, through the dynamic loader': [],
  'untrusted program through the dynamic loader': ['opening'],
  'untrusted shared object in a trusted program': ['rules'],
  'untrusted shared object that looks like a program, in a trusted program': ['opening'],
  'untrusted program mounted over a trusted one, in a private mount namespace': ['digests'],
  'untrusted script without a shebang': ['rules'],
  'untrusted shell script': [],
  'trusted program as another user': [],
};

/** What is closed now, by the configuration in force and by what the kernel says. */
export async function closuresInForce(context: Context, configuration: string): Promise<Set<Closure>> {
  const { options, sysctls } = context;
  const settings = parseConfiguration(configuration);
  const closed: readonly (readonly [Closure, boolean])[] = [
    ['rules', true],
    ['marks', settings.get('allow_filesystem_mark') === '1'],
    ['opening', options.forbidOpening],
    ['fuse', options.forbidFuseMounts],
    ['namespaces', (await sysctls.read('user.max_user_namespaces')) === '0'],
    ['memory', (await sysctls.read('vm.memfd_noexec')) === '2'],
    ['digests', ['sha256', 'ima'].includes(settings.get('integrity') ?? 'none')],
  ];
  return new Set(closed.flatMap(([closure, inForce]) => (inForce ? closure : [])));
}

/** What the options close on a kernel, if all goes well. `digests` is the owner's choice, and not among them. */
export function expectedClosures(options: FapolicydOptions, release: string): Set<Closure> {
  const forbidden = forbiddenSysctls(options, release);
  const closed: readonly (readonly [Closure, boolean])[] = [
    ['rules', true],
    ['marks', options.fileSystemMarks],
    ['opening', options.forbidOpening],
    ['fuse', options.forbidFuseMounts],
    ['namespaces', forbidden.has('user.max_user_namespaces')],
    ['memory', forbidden.has('vm.memfd_noexec')],
  ];
  return new Set(closed.flatMap(([closure, inForce]) => (inForce ? closure : [])));
}

/** @param unwatched names of cases on file systems that the enforcer does not watch */
export function restrictedExpectation(
  closed: ReadonlySet<Closure>,
  unwatched: ReadonlySet<string>,
): (name: string) => Expected {
  return (name) => {
    if (isTrusted(name)) return { kind: 'attempt', attempt: RAN };
    if (unwatched.has(name)) return { kind: 'out of reach' };
    const closing: readonly Closure[] = REACH[name as CanaryCaseName] ?? ['rules'];
    if (!closing.some((one) => closed.has(one))) return { kind: 'out of reach' };
    // A barrier that is the owner's, such as a distribution's own ban of user namespaces, is as good.
    return { kind: 'refused', by: [...new Set(closing.map((one) => CLOSURES[one].barrier))] };
  };
}
