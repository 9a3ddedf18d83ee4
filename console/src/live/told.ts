import type { WireChange } from '../../../src/contract/console.ts';

const listeners = new Set<(change: WireChange) => void>();

/** Hands a change on to whoever wants to know of it besides the lists. */
export function tell(change: WireChange): void {
  for (const listener of listeners) listener(change);
}

/** @param listener is told of each change until what is returned is called */
export function whenChanged(listener: (change: WireChange) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
