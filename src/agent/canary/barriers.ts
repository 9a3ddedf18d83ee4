/** What was asked of the kernel when it refused. */
export type Step = 'execute' | 'open' | 'make a program in memory' | 'make a user namespace';

/** What stood in the way, in the words of the evidence. */
export type Barrier =
  | 'the enforcer'
  | 'the setting on programs in memory'
  | 'the setting on user namespaces'
  | 'permissions of the file or a mount without execution'
  | 'something else';

interface Row {
  readonly step: Step;
  readonly errno: string;
  readonly barrier: Barrier;
}

/** An enforcer answers the kernel's question with no, which the caller sees as EPERM (fanotify(7)). */
const BARRIERS: readonly Row[] = [
  { step: 'execute', errno: 'EPERM', barrier: 'the enforcer' },
  { step: 'open', errno: 'EPERM', barrier: 'the enforcer' },
  { step: 'execute', errno: 'EACCES', barrier: 'permissions of the file or a mount without execution' },
  { step: 'make a program in memory', errno: 'EACCES', barrier: 'the setting on programs in memory' },
  { step: 'make a user namespace', errno: 'ENOSPC', barrier: 'the setting on user namespaces' },
  // Distributions' own settings: Debian's unprivileged_userns_clone and Ubuntu's AppArmor.
  { step: 'make a user namespace', errno: 'EPERM', barrier: 'the setting on user namespaces' },
  { step: 'make a user namespace', errno: 'EACCES', barrier: 'the setting on user namespaces' },
];

export function barrierOf(step: Step, errno: string): Barrier {
  const row = BARRIERS.find((one) => one.step === step && one.errno === errno);
  return row?.barrier ?? 'something else';
}
