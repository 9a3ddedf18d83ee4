import { useSyncExternalStore } from 'react';
import type { LiveState } from './pace.ts';

let state: LiveState = 'reconnecting';
const listeners = new Set<() => void>();

export function setLiveState(next: LiveState): void {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

export const liveState = (): LiveState => state;

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** How changes reach the page at this moment. */
export const useLiveState = (): LiveState => useSyncExternalStore(subscribe, liveState);
