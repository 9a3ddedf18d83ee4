import { createExecute, type Execute } from '../../exec.ts';
import { SERVICE_CONTROLS, type ServiceControl } from '../../service-control.ts';
import { type FapolicydOptions, type FapolicydProgram, pathsOf } from './options.ts';
import type { FapolicydStep } from './steps.ts';

/** What every part of the driver works with. */
export interface Context {
  readonly options: FapolicydOptions;
  readonly paths: ReturnType<typeof pathsOf>;
  readonly execute: Execute<FapolicydProgram>;
  readonly service: ServiceControl;
}

export function createContext(options: FapolicydOptions): Context {
  const execute = createExecute(options.programs);
  const { unit, pidFile, stopGrace, clock, programs } = options;
  const service = { unit, pidFile, stopGrace, binary: programs.daemon };
  return {
    options,
    paths: pathsOf(options),
    execute,
    service: SERVICE_CONTROLS[options.service]({ service, execute, clock }),
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
