import { AgentError } from '../error.ts';
import type { Driver } from './driver.ts';

export interface DriverOptions {
  /** Where the driver may keep what it must remember, such as the owner's baseline. */
  readonly stateDirectory: string;
}

type Load = (options: DriverOptions) => Promise<Driver>;

/** The drivers by name; each is loaded only where it is used. */
const DRIVERS: Readonly<Record<string, Load>> = {
  simulated: async () => (await import('./simulated.ts')).createSimulatedDriver(),
};

/** What `auto` tries, in this order: the first whose enforcer is on the device, else the last. */
const AUTOMATIC = ['fapolicyd', 'observe'] as const;

/** The names that can be asked for. */
export const DRIVER_NAMES: readonly string[] = ['auto', ...Object.keys(DRIVERS)];

/**
 * The driver of a name, or for `auto` the one that fits this device.
 * @throws AgentError `configuration` for a name that is none
 */
export async function loadDriver(name: string, options: DriverOptions): Promise<Driver> {
  if (name === 'auto') return automatic(options);
  const load = Object.hasOwn(DRIVERS, name) ? DRIVERS[name] : undefined;
  if (load === undefined) {
    throw new AgentError(
      'configuration',
      `There is no driver ${name}; there are ${DRIVER_NAMES.join(', ')}.`,
    );
  }
  return load(options);
}

async function automatic(options: DriverOptions): Promise<Driver> {
  let driver: Driver | null = null;
  for (const name of AUTOMATIC) {
    driver = await loadDriver(name, options);
    if ((await driver.version()) !== null) break;
  }
  return driver as Driver;
}
