import type { Context } from './context.ts';
import type { FapolicydOptions } from './options.ts';
import { Refusal } from './refusal.ts';

interface Row {
  readonly name: string;
  /** Value while restricted. */
  readonly wanted: string;
  /** What switches it on. */
  readonly option: keyof Pick<FapolicydOptions, 'forbidUserNamespaces' | 'forbidMemoryPrograms'>;
  /** The option of `cordon agent run` that switches it off. */
  readonly flag: string;
  /** First Linux on which the old value can be put back. */
  readonly since: readonly [major: number, minor: number];
  /** In the words of the evidence. */
  readonly says: string;
}

/** Settings of the kernel that a restriction changes, and nothing else does. */
export const SYSCTLS: readonly Row[] = [
  {
    name: 'user.max_user_namespaces',
    wanted: '0',
    option: 'forbidUserNamespaces',
    flag: '--allow-user-namespaces',
    since: [4, 9],
    says:
      'New user namespaces are forbidden, so rootless containers, the sandboxes of browsers and services with ' +
      'PrivateUsers do not start; namespaces that exist stay.',
  },
  {
    name: 'vm.memfd_noexec',
    wanted: '2',
    option: 'forbidMemoryPrograms',
    flag: '--allow-memory-programs',
    // There since 6.3, but until 6.5 the value could only be raised.
    since: [6, 6],
    says: 'Programs in memory (memfd) are forbidden, which also stops container runtimes that start by one.',
  },
];

/** Names of those settings that a restriction changes with these options, on a kernel that has them. */
export function forbiddenSysctls(options: FapolicydOptions, release: string): Set<string> {
  return new Set(
    SYSCTLS.flatMap(({ name, option, since }) => (options[option] && isSince(release, since) ? name : [])),
  );
}

/** Values by name of those settings that this kernel has and can take back. */
export type SysctlValues = Readonly<Record<string, string>>;

export async function readSysctls({ sysctls, kernel }: Context): Promise<SysctlValues> {
  const values: Record<string, string> = {};
  for (const { name, since } of SYSCTLS) {
    const value = isSince(kernel.release(), since) ? await sysctls.read(name) : null;
    if (value !== null) values[name] = value;
  }
  return values;
}

/** What a restriction makes of the recorded settings; one whose option is off stays, or goes back to, what it was. */
export function restrictedSysctls(options: FapolicydOptions, recorded: SysctlValues): SysctlValues {
  const forbidden = SYSCTLS.filter(({ name, option }) => options[option] && recorded[name] !== undefined);
  return { ...recorded, ...Object.fromEntries(forbidden.map(({ name, wanted }) => [name, wanted])) };
}

/** @throws Refusal when the kernel does not take it */
export async function restrictSysctls(context: Context, recorded: SysctlValues): Promise<void> {
  for (const [name, value] of Object.entries(restrictedSysctls(context.options, recorded))) {
    const flag = SYSCTLS.find((row) => row.name === name)?.flag;
    await put(context, name, value, ` With ${flag} it is left alone.`);
  }
}

/** @throws Refusal when the kernel does not take it */
export async function restoreSysctls(context: Context, recorded: SysctlValues): Promise<void> {
  for (const [name, value] of Object.entries(recorded)) await put(context, name, value, '');
}

/** Settings that are not as an applied restriction left them, a phrase each. */
export async function sysctlFaults(context: Context): Promise<string[]> {
  const now = await readSysctls(context);
  return SYSCTLS.flatMap(({ name, wanted, option }) =>
    context.options[option] && now[name] !== undefined && now[name] !== wanted
      ? `${name} is ${now[name]}`
      : [],
  );
}

/** Settings that are not as they were recorded, a phrase each. */
export async function sysctlDifferences(context: Context, recorded: SysctlValues): Promise<string[]> {
  const now = await readSysctls(context);
  return Object.entries(recorded).flatMap(([name, value]) =>
    now[name] === value ? [] : `${name} is ${now[name] ?? 'absent'} and not ${value}`,
  );
}

async function put({ sysctls }: Context, name: string, value: string, advice: string): Promise<void> {
  if ((await sysctls.read(name)) === value) return;
  try {
    await sysctls.write(name, value);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Refusal(`The kernel setting ${name} cannot be set to ${value} (${code}).${advice}`, { cause });
  }
}

function isSince(release: string, [major, minor]: Row['since']): boolean {
  const [, one = '0', two = '0'] = /^(\d+)\.(\d+)/.exec(release) ?? [];
  return Number(one) > major || (Number(one) === major && Number(two) >= minor);
}
