import { loadDriver } from '../drivers/load.ts';
import { AgentError } from '../error.ts';
import { describeFailure } from '../exec.ts';
import { readIdentity, writeIdentity } from '../identity.ts';
import { isLocked, lockStateDirectory } from '../lock.ts';
import type { InstallContext } from './context.ts';
import { AGENT_UNIT } from './layout.ts';

/** Whether a device keeps its driver: `auto` leaves the one that was chosen at the enrolment, a trial with `observe` too. */
export const keepsDriver = (wanted: string, enrolled: string): boolean =>
  wanted === 'auto' || wanted === enrolled;

/**
 * What a person must know after an install that left the device its driver: null where a restriction would be enforced.
 * @param line the command that changes it
 */
export function observesStill(driver: string | null, line: string): string | null {
  return driver === 'observe'
    ? `This device only observes: it was enrolled with --driver observe, and an order to restrict it changes nothing. To have it enforce, run ${line}; its key and its history stay.`
    : null;
}

/**
 * Gives an enrolled device another driver, with its key and its memory as they are. The service is stopped for it, since a
 * running agent writes the identity that it began with; the install starts it again, or this where the change is refused.
 * @throws AgentError `configuration` while the device is restricted or is to be: the other driver does not know of it
 */
export async function changeDriver(
  directory: string,
  wanted: string,
  execute: InstallContext['execute'],
  isRestricted: () => Promise<boolean>,
): Promise<void> {
  const { name: driver } = await loadDriver(wanted, { stateDirectory: directory });
  const service = async (verb: 'stop' | 'start') => {
    const result = await execute('systemctl', [verb, AGENT_UNIT], { timeout: 120_000 });
    if (result.status !== 0)
      throw new AgentError(
        'configuration',
        `systemctl ${verb} ${AGENT_UNIT} failed (${describeFailure(result)}).`,
      );
  };
  const runs = isLocked(directory);
  if (runs) await service('stop');
  try {
    const unlock = lockStateDirectory(directory);
    try {
      const identity = await readIdentity(directory);
      if (identity === null) throw new AgentError('configuration', `No device is enrolled in ${directory}.`);
      if (await isRestricted())
        throw new AgentError(
          'configuration',
          `This device is restricted, or was ordered to be, and keeps the driver ${identity.driver}. ` +
            'Release it at the server first, with "cordon unrestrict NAME --wait".',
        );
      await writeIdentity(directory, { ...identity, driver });
    } finally {
      unlock();
    }
  } catch (cause) {
    if (runs) await service('start');
    throw cause;
  }
}
