import type { Execute } from '../exec.ts';
import type { Layout } from './layout.ts';

/** Programs that an installation starts, each by one absolute path. */
export const INSTALL_PROGRAMS = {
  systemctl: '/usr/bin/systemctl',
  aptGet: '/usr/bin/apt-get',
  dpkg: '/usr/bin/dpkg',
} as const;

export type InstallProgram = keyof typeof INSTALL_PROGRAMS;

/** What the steps work with. */
export interface InstallContext {
  readonly layout: Layout;
  readonly execute: Execute<InstallProgram>;
  /** The file that becomes the installed executable; null when the installed one is kept. */
  readonly source: string | null;
  /** Whether the driver wanted needs the enforcer's package. */
  readonly wantsEnforcer: boolean;
  /** What the rest of the agent does, given by the composition. */
  readonly device: {
    /** Enrolled at the server that is wanted, with the driver that is. */
    isEnrolled(): Promise<boolean>;
    /** Enrols, or gives a device of that server the driver. */
    enrol(): Promise<void>;
    /** What a person should know of the device as it is now, a sentence each. */
    remarks(): Promise<readonly string[]>;
    /** Makes the list of trusted files. */
    prepare(): Promise<void>;
    isRestricted(): Promise<boolean>;
    /** Releases without the server, and proves it. @throws AgentError when it cannot */
    release(): Promise<void>;
  };
}
