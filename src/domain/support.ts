import type { ActionType } from '../contract/control.ts';
import { CordonError } from './error.ts';
import type { Machine } from './machine.ts';

/**
 * Refuses an action that a machine cannot do: a Windows build that is too old, or a platform without a driver for the
 * control (design, part 4).
 * @throws CordonError `ClientVersionNotSupported`, `OsPlatformNotSupported`
 */
export function requireSupport(
  type: ActionType,
  machine: Pick<Machine, 'osPlatform' | 'osBuild' | 'drivers'>,
): void {
  const tooOld = machine.osBuild !== null && machine.osBuild < type.windows.build;
  if (machine.osPlatform.startsWith('Windows') && tooOld) {
    throw new CordonError(
      'ClientVersionNotSupported',
      `${type.title} is supported on client version ${type.windows.version} and above.`,
    );
  }
  if (type.control !== null && !machine.drivers.some((driver) => driver.control === type.control)) {
    throw new CordonError(
      'OsPlatformNotSupported',
      `OS Platform ${machine.osPlatform} isn't supported for this action.`,
    );
  }
}
