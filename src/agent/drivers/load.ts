import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { LeftOpen } from '../../contract/run-options.ts';
import { AgentError } from '../error.ts';
import { ownCommand, ownFiles } from '../self-trust.ts';
import type { Driver } from './driver.ts';
import type { FapolicydOptions } from './fapolicyd/options.ts';
import type { OnFapolicydStep } from './fapolicyd/steps.ts';

export interface DriverOptions {
  /** Where the driver keeps what it must remember, such as the owner's baseline. */
  readonly stateDirectory: string;
  /** What a restriction leaves open; nothing when left out. */
  readonly leftOpen?: LeftOpen;
  /** Fault switch of the drivers that have steps of their own. */
  readonly onStep?: OnFapolicydStep;
}

type Load = (options: DriverOptions) => Promise<Driver>;

/** The drivers by name; each is loaded only where it is used. */
const DRIVERS: Readonly<Record<string, Load>> = {
  fapolicyd: async (options) => {
    const { createFapolicydDriver } = await import('./fapolicyd/driver.ts');
    return createFapolicydDriver(await fapolicydOptions(options));
  },
  observe: async (options) => {
    const { createObserveDriver } = await import('./observe.ts');
    return createObserveDriver(await loadDriver('fapolicyd', options));
  },
  simulated: async () => (await import('./simulated.ts')).createSimulatedDriver(),
};

/** The names that can be asked for. */
export const DRIVER_NAMES: readonly string[] = ['auto', ...Object.keys(DRIVERS)];

/**
 * The driver of a name, or for `auto` the one that fits this device: fapolicyd where one that can be used is
 * installed, else the one that only observes.
 * @throws AgentError `configuration` for a name that is none
 */
export async function loadDriver(name: string, options: DriverOptions): Promise<Driver> {
  const chosen = name === 'auto' ? await fitting(options) : name;
  const load = Object.hasOwn(DRIVERS, chosen) ? DRIVERS[chosen] : undefined;
  if (load === undefined) {
    throw new AgentError(
      'configuration',
      `There is no driver ${name}; there are ${DRIVER_NAMES.join(', ')}.`,
    );
  }
  return load(options);
}

async function fitting(options: DriverOptions): Promise<string> {
  const { fapolicydAvailable } = await import('./fapolicyd/driver.ts');
  return (await fapolicydAvailable(await fapolicydOptions(options))) === null ? 'observe' : 'fapolicyd';
}

async function fapolicydOptions({
  stateDirectory,
  leftOpen,
  onStep,
}: DriverOptions): Promise<FapolicydOptions> {
  const { fapolicydDefaults } = await import('./fapolicyd/options.ts');
  return {
    ...fapolicydDefaults(stateDirectory),
    // The directory that systemd makes where it is the service manager (sd_booted(3)).
    service: existsSync('/run/systemd/system') ? 'systemd' : 'direct',
    selfTrust: ownFiles(),
    forbidUserNamespaces: leftOpen?.userNamespaces !== true,
    forbidOpening: leftOpen?.openingUntrusted !== true,
    forbidFuseMounts: leftOpen?.fuseMounts !== true,
    forbidMemoryPrograms: leftOpen?.memoryPrograms !== true,
    guardCommand: [...ownCommand(), 'agent', 'recover', '--data', resolve(stateDirectory), '--dead-man'],
    onStep: onStep ?? null,
  };
}
