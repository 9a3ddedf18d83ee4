import { useSyncExternalStore } from 'react';

/** The same width as in the styles. */
const query = matchMedia('(max-width: 720px)');

const subscribe = (listener: () => void) => {
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
};

/** True on a phone. */
export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => query.matches);
