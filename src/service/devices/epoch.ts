import type { ExchangeRequest } from '../../contract/device.ts';
import type { Device } from '../../domain/access-records.ts';
import type { ControlState } from '../../domain/action.ts';

/** The epoch in which the generations of a device count: the installation's, or one of its own within it. */
export function epochOf(installation: string, device: Pick<Device, 'epoch'>): string {
  return device.epoch === '' ? installation : `${installation}.${device.epoch}`;
}

/**
 * True when a device knows a generation that this store never gave it: the store was restored from an older copy. The
 * device would refuse everything as outdated, so it gets a new epoch, in which the store's state is the truth. Each
 * device its own: one that lies can only disturb itself.
 */
export function isAhead(
  request: Pick<ExchangeRequest, 'known'>,
  states: readonly Pick<ControlState, 'control' | 'generation'>[],
): boolean {
  return request.known.some(
    (known) => known.generation > (states.find((state) => state.control === known.control)?.generation ?? 0),
  );
}
