import { useSyncExternalStore } from 'react';

/** A value of the whole page. */
export interface SharedValue<T> {
  readonly get: () => T;
  readonly set: (next: T) => void;
  /** Is called after each change until what is returned is called. */
  readonly subscribe: (listener: () => void) => () => void;
  /** The value in a component, which is drawn again when it changes. */
  readonly use: () => T;
}

export function sharedValue<T>(first: T): SharedValue<T> {
  let value = first;
  const listeners = new Set<() => void>();
  const get = () => value;
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    get,
    set: (next) => {
      if (next === value) return;
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe,
    use: () => useSyncExternalStore(subscribe, get),
  };
}
