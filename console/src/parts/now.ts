import { useSyncExternalStore } from 'react';
import { relativeTime } from '../text/time.ts';
import { ticking } from './tick.ts';

const tick = ticking(Date.now, 1_000, (step, milliseconds) => {
  const timer = setInterval(step, milliseconds);
  return () => clearInterval(timer);
});
document.addEventListener('visibilitychange', tick.catchUp);

/** The time in milliseconds, a second old at the most; one clock for the whole page. */
export const useNow = (): number => useSyncExternalStore(tick.subscribe, tick.get);

/** "3 min ago"; what shows it is drawn again only when the words change. */
export const useAgo = (at: string): string =>
  useSyncExternalStore(tick.subscribe, () => relativeTime(at, tick.get()));
