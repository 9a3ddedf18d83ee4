import { uptime } from 'node:os';
import { join } from 'node:path';
import type { CanaryOptions } from '../../canary/canary.ts';
import type { Clock } from '../../clock.ts';
import { systemClock } from '../../clock.ts';
import type { ServiceControlKind } from '../../service-control.ts';
import type { OnFapolicydStep } from './steps.ts';

/** Programs that the driver starts, each by one absolute path. */
export type FapolicydProgram = 'daemon' | 'cli' | 'fagenrules' | 'systemctl' | 'systemd-run' | 'rpm';

/** Where the list of trusted files comes from when the enforcer's own package backends do not give it. */
export interface TrustOptions {
  /** Directory of dpkg's `*.list` files; every program, library and script in them is trusted. Null: none. */
  readonly packageLists: string | null;
  /** Further files and directories whose programs, libraries and scripts are trusted. */
  readonly roots: readonly string[];
  /** Fewer trusted files than this are implausible for a whole system, and a restriction is refused. */
  readonly minimum: number;
}

/** Everything the driver knows of the device it runs on. {@link fapolicydDefaults} has the values of a real one. */
export interface FapolicydOptions {
  /** Ours: the record of a switch, the baseline and the cache of digests. Readable by root only. */
  readonly stateDirectory: string;
  /** fapolicyd's, with `fapolicyd.conf`, `rules.d` and `trust.d`. */
  readonly configuration: string;
  /** The rules that come with fapolicyd and that ours are made of. */
  readonly sampleRules: string;
  readonly programs: Readonly<Record<FapolicydProgram, string>>;
  readonly unit: string;
  readonly pidFile: string;
  /** dpkg's `status` file, for the version found; null where there is no dpkg. */
  readonly packageStatus: string | null;
  readonly service: ServiceControlKind;
  readonly trust: TrustOptions;
  /** Files and directories the agent itself reads; each file below them is trusted before anything is restricted. */
  readonly selfTrust: readonly string[];
  /** Starts `cordon agent recover --dead-man`, to which the name of a trial is added. */
  readonly guardCommand: readonly string[];
  readonly canary: CanaryOptions;
  /** File system types to watch while restricted; null adds every local type to the owner's list. */
  readonly watchFileSystems: readonly string[] | null;
  /**
   * Marks whole file systems instead of mounts, or a private mount namespace, which any user can make, is a way round
   * (measured on 1.1.7-5 and 2.0.1).
   */
  readonly fileSystemMarks: boolean;
  /** No new user namespaces, in which a user can mount what the enforcer does not watch (`sysctls.ts`). */
  readonly forbidUserNamespaces: boolean;
  /** No programs in memory, where the kernel has a setting for it (`sysctls.ts`). */
  readonly forbidMemoryPrograms: boolean;
  /**
   * Untrusted ELF files cannot be opened, so that no loader can run them (`rules.ts`). Nor can they be copied: neither
   * as evidence nor into a backup.
   */
  readonly forbidOpening: boolean;
  /** Users do not mount FUSE file systems, which nobody watches, by the program that does it for them (`rules.ts`). */
  readonly forbidFuseMounts: boolean;
  /** Milliseconds until a started enforcer watches; the list of a whole Debian took it 33 s (measured). */
  readonly startTimeout: number;
  /** Milliseconds for an enforcer to end after SIGTERM, which takes 3 s on 1.1.7-5 (measured). */
  readonly stopGrace: number;
  /** Milliseconds for a restriction in force to be proven and confirmed; after that the dead-man undoes it. */
  readonly confirmTimeout: number;
  readonly clock: Clock;
  /** Seconds since the device was started, the same for every process. */
  readonly sinceBoot: () => number;
  readonly onStep: OnFapolicydStep | null;
}

/**
 * The values of a real device.
 * @param stateDirectory the agent's own directory, such as `/var/lib/cordon`
 */
export function fapolicydDefaults(stateDirectory: string): FapolicydOptions {
  return {
    stateDirectory,
    configuration: '/etc/fapolicyd',
    sampleRules: '/usr/share/fapolicyd/sample-rules',
    programs: {
      daemon: '/usr/sbin/fapolicyd',
      cli: '/usr/sbin/fapolicyd-cli',
      fagenrules: '/usr/sbin/fagenrules',
      systemctl: '/usr/bin/systemctl',
      'systemd-run': '/usr/bin/systemd-run',
      rpm: '/usr/bin/rpm',
    },
    unit: 'fapolicyd.service',
    pidFile: '/run/fapolicyd.pid',
    packageStatus: '/var/lib/dpkg/status',
    service: 'direct',
    trust: { packageLists: '/var/lib/dpkg/info', roots: [], minimum: 300 },
    selfTrust: [],
    guardCommand: [],
    canary: {
      // Beside the agent's directory, which other users cannot enter.
      directory: '/var/lib/cordon-canary',
      trustedProgram: '/usr/bin/true',
      otherUser: 65_534,
    },
    watchFileSystems: null,
    fileSystemMarks: true,
    forbidUserNamespaces: true,
    forbidMemoryPrograms: true,
    forbidOpening: true,
    forbidFuseMounts: true,
    startTimeout: 120_000,
    stopGrace: 20_000,
    confirmTimeout: 60_000,
    clock: systemClock,
    sinceBoot: uptime,
    onStep: null,
  };
}

/** Where each of our files, and each of fapolicyd's that we touch, is. */
export function pathsOf({ configuration, stateDirectory }: FapolicydOptions) {
  return {
    conf: join(configuration, 'fapolicyd.conf'),
    rules: join(configuration, 'rules.d'),
    compiled: join(configuration, 'compiled.rules'),
    /** `fagenrules` moves the rules before here. */
    compiledBefore: join(configuration, 'compiled.rules.prev'),
    /** The single file of old installations; `fagenrules` refuses to work beside it. */
    oldRules: join(configuration, 'fapolicyd.rules'),
    trustDirectory: join(configuration, 'trust.d'),
    trust: join(configuration, 'trust.d', 'cordon.trust'),
    record: join(stateDirectory, 'fapolicyd-record.json'),
    baseline: join(stateDirectory, 'fapolicyd-baseline.json'),
    /** Digests of the agent's own files, and of the system's. */
    digests: join(stateDirectory, 'fapolicyd-digests.json'),
    /** Held by the process that switches. */
    lock: join(stateDirectory, 'fapolicyd.lock'),
    /** The dead-man's own word that it watches. */
    guard: join(stateDirectory, 'fapolicyd-guard.json'),
    /** Which trial was undone by somebody else than the agent, and why. */
    undone: join(stateDirectory, 'fapolicyd-undone.json'),
    systemDigests: join(stateDirectory, 'fapolicyd-system-digests.json'),
    /** What the packages have, prepared before anybody needs it. */
    system: join(stateDirectory, 'fapolicyd-system.json'),
  };
}
