/** A {@link FapolicydWorld} as it is seen from inside. */
import { type FapolicydOptions, fapolicydDefaults } from '../../src/agent/drivers/fapolicyd/options.ts';

/** Where things are inside the world. */
export const INSIDE = {
  node: '/usr/bin/node',
  /** What is ours and needs to be trusted. */
  project: '/opt/cordon',
  /** The command, where the world has it. */
  command: '/opt/cordon/lib/bin/cordon.js',
  /** What calls the driver alone, where the world has that. */
  puppet: '/opt/cordon/fapolicyd-puppet.js',
  /** Directories of everything that is code inside, to be trusted. */
  systemRoots: ['/usr/bin', '/usr/sbin', '/usr/lib', '/usr/lib64'],
  stateDirectory: '/var/lib/cordon',
} as const;

/** Options of the driver for inside a world; `selfTrust` covers the project, and the canary lies on the ramfs. */
export function worldOptions(): FapolicydOptions {
  const defaults = fapolicydDefaults(INSIDE.stateDirectory);
  return {
    ...defaults,
    service: 'direct',
    trust: { packageLists: null, roots: INSIDE.systemRoots, minimum: 20 },
    selfTrust: [INSIDE.project],
    guardCommand: [INSIDE.node, INSIDE.puppet],
    canary: { ...defaults.canary, directory: '/srv/cordon-canary' },
    watchFileSystems: ['ramfs'],
    fileSystemMarks: true,
  };
}
