import { useSyncExternalStore } from 'react';
import type { Width } from './grid-model.ts';

/** The same widths as in the styles. */
const narrow = matchMedia('(max-width: 720px)');
const medium = matchMedia('(max-width: 1399px)');

const subscribe = (listener: () => void) => {
  for (const query of [narrow, medium]) query.addEventListener('change', listener);
  return () => {
    for (const query of [narrow, medium]) query.removeEventListener('change', listener);
  };
};
const now = (): Width => (narrow.matches ? 'narrow' : medium.matches ? 'medium' : 'wide');

export const useWidth = (): Width => useSyncExternalStore(subscribe, now);
