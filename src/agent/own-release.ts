import type { Desired } from '../contract/device.ts';
import { heard, marked, timeLeft } from './release-timer.ts';
import type { ControlEntry } from './state.ts';
import type { Uptime } from './uptime.ts';

/** Where an order stands when it is about to be carried out. */
const BEGUN = { phase: 'accepted', proven: false, everProven: false, undone: false, reason: null } as const;

/** The timer that an order begins with, where it has a time. */
export const timerOf = ({ release }: Desired, now: Uptime): Pick<ControlEntry, 'release'> =>
  release === undefined ? {} : { release: heard(undefined, release, now) };

/** The order without its time, which the timer counts. */
export function orderOf({ release: _release, ...order }: Desired): Desired {
  return order;
}

/** True when the time of a restriction that the device has begun is over. */
export function isOver({ phase, desired, release }: ControlEntry, now: Uptime): boolean {
  return (
    release !== undefined && phase !== 'seen' && desired.mode === 'restricted' && timeLeft(release, now) === 0
  );
}

/**
 * Makes a release of a restriction whose time is over, and keeps the count of one whose time is not. The order is the
 * device's own until the server sends a newer one: it is carried out until it is proven, and nothing puts the
 * restriction back but the server's word.
 */
export function countedDown(entry: ControlEntry, now: Uptime): ControlEntry {
  const { release, ...rest } = entry;
  if (release === undefined) return entry;
  if (isOver(entry, now)) {
    const desired: Desired = { ...entry.desired, mode: 'unrestricted', status: 'settled' };
    return { ...rest, ...BEGUN, desired, released: true };
  }
  const timer = marked(release, now);
  return timer === release ? entry : { ...entry, release: timer };
}

/**
 * The entry after the server has said its generation once more: that may only have been settled since, follow from
 * another action, or have told more time than the device has counted. The same entry where nothing is new.
 */
export function toldAgain(entry: ControlEntry, wanted: Desired, now: Uptime): ControlEntry {
  if (entry.released) return wanted.release?.inSeconds === 0 ? entry : restrictedAgain(entry, wanted, now);
  const { release: counted, ...rest } = entry;
  const release = wanted.release === undefined ? undefined : heard(counted, wanted.release, now);
  const { status, actionId } = entry.desired;
  if (status === wanted.status && actionId === wanted.actionId && release === counted) return entry;
  return { ...rest, desired: orderOf(wanted), ...(release === undefined ? {} : { release }) };
}

/** The server's clock has the last word: by it the time was not over, so the restriction is in force again. */
function restrictedAgain(entry: ControlEntry, wanted: Desired, now: Uptime): ControlEntry {
  const { released: _released, ...rest } = entry;
  return { ...rest, ...BEGUN, desired: orderOf(wanted), ...timerOf(wanted, now), touched: true };
}
