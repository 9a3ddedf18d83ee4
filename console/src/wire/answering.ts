import { useSyncExternalStore } from 'react';

let answering = true;
const listeners = new Set<() => void>();

/** Is told of each call whether an answer came, whatever it said. */
export function setAnswering(next: boolean): void {
  if (next === answering) return;
  answering = next;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Whether the server answered the last call. */
export const useAnswering = (): boolean => useSyncExternalStore(subscribe, () => answering);
