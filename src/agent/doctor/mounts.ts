/** One line of `/proc/self/mountinfo`. */
export interface Mount {
  readonly target: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** Types of the kernel's own, from which nothing that a user wrote can be executed. */
const KERNELS = new Set(
  'proc sysfs cgroup cgroup2 devpts securityfs debugfs tracefs pstore bpf mqueue hugetlbfs configfs efivarfs autofs binfmt_misc fusectl rpc_pipefs nsfs devtmpfs'.split(
    ' ',
  ),
);

/** See proc_pid_mountinfo(5): fields up to `-`, then type, source and the options of the file system. */
export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after] = line.split(' - ');
    const [, , , , target, options] = before.split(' ');
    const [type, , more] = after?.split(' ') ?? [];
    if (target === undefined || type === undefined) return [];
    const path = target.replace(/\\([0-7]{3})/g, (_all, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    return [{ target: path, type, options: [...(options ?? '').split(','), ...(more ?? '').split(',')] }];
  });
}

/** Those that can be written and executed from, and that the enforcer does not watch. */
export function uncovered(mounts: readonly Mount[], watched: readonly string[]): Mount[] {
  const types = new Set(watched.map((type) => type.trim()));
  return mounts.filter(
    ({ type, options }) =>
      !KERNELS.has(type) && !types.has(type) && !options.includes('ro') && !options.includes('noexec'),
  );
}
