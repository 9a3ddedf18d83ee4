import { join } from 'node:path';

/** Where everything of an installed agent is. Nothing else is written, but by the driver in fapolicyd's own directories. */
export interface Layout {
  /** Ours alone. */
  readonly programDirectory: string;
  readonly executable: string;
  /** The name that people type: a link to the executable. */
  readonly command: string;
  readonly stateDirectory: string;
  /** Made by the canary beside the state, where other users can enter. */
  readonly canaryDirectory: string;
  readonly agentUnit: string;
  readonly recoverUnit: string;
  readonly packageHook: string;
  /** Made by systemd where it is the service manager (sd_booted(3)). */
  readonly systemdMark: string;
  readonly osRelease: string;
  /** dpkg's record of what is installed. */
  readonly packageStatus: string;
}

export const AGENT_UNIT = 'cordon-agent.service';
export const RECOVER_UNIT = 'cordon-agent-recover.service';
export const ENFORCER_UNIT = 'fapolicyd.service';

/** Paths of a machine. @param root where its file system begins; another one than `/` is for tests */
export function layoutOf(root = '/'): Layout {
  const at = (...parts: string[]) => join(root, ...parts);
  return {
    programDirectory: at('usr/local/lib/cordon'),
    executable: at('usr/local/lib/cordon/cordon-agent'),
    command: at('usr/local/sbin/cordon-agent'),
    stateDirectory: at('var/lib/cordon-agent'),
    canaryDirectory: at('var/lib/cordon-canary'),
    agentUnit: at('etc/systemd/system', AGENT_UNIT),
    recoverUnit: at('etc/systemd/system', RECOVER_UNIT),
    packageHook: at('etc/dpkg/dpkg.cfg.d/cordon-agent'),
    systemdMark: at('run/systemd/system'),
    osRelease: at('etc/os-release'),
    packageStatus: at('var/lib/dpkg/status'),
  };
}
