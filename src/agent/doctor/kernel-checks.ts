import { parseConfiguration } from '../drivers/fapolicyd/configuration.ts';
import { type DoctorCheck, ok, problem, warning } from './check.ts';
import type { Look } from './look.ts';
import { parseMounts, uncovered } from './mounts.ts';

const MEMFD = '/proc/sys/vm/memfd_noexec';
const NAMESPACES = '/proc/sys/user/max_user_namespaces';

export const KERNEL_CHECKS: readonly DoctorCheck[] = [
  {
    name: 'permission to ask (fanotify)',
    look: async (at) => {
      const config = await at.text(`/boot/config-${at.kernel}`);
      if (config?.includes('CONFIG_FANOTIFY_ACCESS_PERMISSIONS=y'))
        return ok('the kernel asks before it executes');
      if (config !== null)
        return problem(
          `the kernel ${at.kernel} was built without CONFIG_FANOTIFY_ACCESS_PERMISSIONS`,
          'Use a kernel of the distribution; no enforcer can work with this one.',
        );
      return (await at.mode('/proc/sys/fs/fanotify')) === null
        ? problem('the kernel has no fanotify', 'Use a kernel of the distribution.')
        : warning(
            `the kernel has fanotify; whether it asks before it executes is not written in /boot/config-${at.kernel}`,
            'A restriction tries it and fails without harm where it does not.',
          );
    },
  },
  {
    name: 'user namespaces',
    look: async (at) =>
      (await at.text(NAMESPACES)) === null
        ? warning(
            `${NAMESPACES} is not there`,
            'They cannot be forbidden; file systems that a user mounts in one stay a way round.',
          )
        : ok('can be forbidden while restricted'),
  },
  {
    name: 'programs in memory (memfd)',
    look: async (at) =>
      (await at.text(MEMFD)) === null
        ? warning(
            `${MEMFD} is not there (Linux before 6.3)`,
            'Programs from memory stay a way round on this kernel; a newer one closes it.',
          )
        : ok('can be forbidden while restricted'),
  },
  {
    name: 'file systems',
    look: async (at) => {
      if (at.enforcerVersion === null) return ok('not asked');
      const configuration = parseConfiguration(
        (await at.text(`${at.enforcer.configuration}/fapolicyd.conf`)) ?? '',
      );
      const watched = at.enforcer.watchFileSystems ?? (configuration.get('watch_fs') ?? '').split(',');
      const open = uncovered(parseMounts((await at.text('/proc/self/mountinfo')) ?? ''), watched);
      if (open.length === 0) return ok('every file system that can be written and executed from is watched');
      const named = open.map(({ target, type }) => `${target} (${type})`).join(', ');
      return warning(
        `not watched: ${named}`,
        'Mount them noexec, or add their types to watch_fs in fapolicyd.conf; programs there would run.',
      );
    },
  },
  {
    name: 'containers',
    look: async (at) => {
      const found = await runtimes(at);
      return found.length === 0
        ? ok('no container runtime is here')
        : warning(
            `${found.join(', ')} is here`,
            'Containers have file systems of their own, which the enforcer does not watch; stop them by other means.',
          );
    },
  },
];

const RUNTIMES: Readonly<Record<string, string>> = {
  Docker: '/usr/bin/dockerd',
  containerd: '/usr/bin/containerd',
  Podman: '/usr/bin/podman',
  'CRI-O': '/usr/bin/crio',
  LXC: '/usr/bin/lxc-start',
  'systemd-nspawn': '/usr/bin/systemd-nspawn',
};

async function runtimes(at: Look): Promise<string[]> {
  const found: string[] = [];
  for (const [name, path] of Object.entries(RUNTIMES)) if ((await at.mode(path)) !== null) found.push(name);
  return found;
}
