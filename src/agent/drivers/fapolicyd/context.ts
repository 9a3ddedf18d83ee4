import { release } from 'node:os';
import { type CanaryPlace, type CanaryResult, runCanary } from '../../canary/canary.ts';
import { argumentsOf, fanotifyMarks, type ProcessIdentity, processOf, signal } from '../../daemon-process.ts';
import { createDeadMan, type DeadMan } from '../../dead-man.ts';
import { createExecute, type Execute } from '../../exec.ts';
import { type Mount, readMounts } from '../../mounts.ts';
import { SERVICE_CONTROLS, type ServiceControl } from '../../service-control.ts';
import { kernelSysctls, type Sysctls } from '../../sysctl.ts';
import type { KnownDigests } from './in-force.ts';
import { type FapolicydOptions, type FapolicydProgram, pathsOf } from './options.ts';
import type { FapolicydStep } from './steps.ts';

/** What every part of the driver works with. */
export interface Context {
  readonly options: FapolicydOptions;
  readonly paths: ReturnType<typeof pathsOf>;
  readonly execute: Execute<FapolicydProgram>;
  readonly service: ServiceControl;
  readonly kernel: Kernel;
  /** The only way to the kernel's settings. */
  readonly sysctls: Sysctls;
  /** Tries everything, here and in the places. */
  canary(places: readonly CanaryPlace[]): Promise<CanaryResult>;
  readonly deadMan: DeadMan;
  readonly memory: Memory;
}

/** What this process alone knows, and may forget. */
interface Memory {
  readonly digests: KnownDigests;
  /** The enforcer that was started again for a restriction in force. */
  revived: ProcessIdentity | null;
  /** The enforcer that the last look found in order. */
  seen: ProcessIdentity | null;
}

/** What the kernel says of itself and of the enforcer's process. */
export interface Kernel {
  /** The running enforcer, null when there is none. */
  enforcer(): Promise<ProcessIdentity | null>;
  argumentsOf(pid: number): Promise<string[]>;
  /** Places that the kernel asks it about; 0 while it enforces nothing. */
  marksOf(pid: number): Promise<number>;
  signal(pid: number, name: NodeJS.Signals): void;
  /** Version, such as `6.1.0-28-amd64`. */
  release(): string;
  mounts(): Promise<Mount[]>;
}

/** What a test may put in the place of the device. */
export type Substitutes = Partial<
  Pick<Context, 'execute' | 'service' | 'kernel' | 'sysctls' | 'canary' | 'deadMan'>
>;

export function createContext(options: FapolicydOptions, substitutes: Substitutes = {}): Context {
  const execute = createExecute(options.programs);
  const { unit, pidFile, stopGrace, clock, programs, guardCommand } = options;
  const service = { unit, pidFile, stopGrace, binary: programs.daemon };
  const paths = pathsOf(options);
  return {
    options,
    paths,
    execute,
    service: SERVICE_CONTROLS[options.service]({ service, execute, clock }),
    kernel: {
      enforcer: () => processOf(pidFile, programs.daemon),
      argumentsOf,
      marksOf: fanotifyMarks,
      signal,
      release,
      mounts: readMounts,
    },
    sysctls: kernelSysctls(),
    canary: (places) => runCanary(options.canary, places),
    deadMan: createDeadMan(options.service, { execute, clock, command: guardCommand, file: paths.guard }),
    memory: { digests: new Map(), revived: null, seen: null },
    ...substitutes,
  };
}

/** What a fault switch threw; it passes every handler of the driver, as a crash would. */
export class FapolicydFault extends Error {
  constructor(step: FapolicydStep, cause: unknown) {
    super(`The fault switch ended the driver at ${step}.`, { cause });
    this.name = 'FapolicydFault';
  }
}

/** Notes how long each step took, and passes it to the fault switch. */
export interface Progress {
  /** Milliseconds by step. */
  readonly took: Record<string, number>;
  pass(step: FapolicydStep): Promise<void>;
}

export function createProgress({ options: { clock, onStep } }: Context): Progress {
  const took: Record<string, number> = {};
  let last = clock.now();
  return {
    took,
    async pass(step) {
      const now = clock.now();
      took[step] = Math.round(now - last);
      last = now;
      try {
        await onStep?.(step);
      } catch (cause) {
        throw new FapolicydFault(step, cause);
      }
    },
  };
}
