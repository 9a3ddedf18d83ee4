import { sharedValue } from '../parts/shared-value.ts';
import type { LiveState } from './pace.ts';

const state = sharedValue<LiveState>('reconnecting');

export const setLiveState = state.set;
export const liveState = state.get;
/** How changes reach the page at this moment. */
export const useLiveState = state.use;

/** Resolves when changes are told, or are known not to be. @param patience milliseconds after which it does so all the same */
export async function whenTold(patience: number): Promise<void> {
  if (state.get() !== 'reconnecting') return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const forget = state.subscribe(resolve);
  const timer = setTimeout(resolve, patience);
  await promise;
  forget();
  clearTimeout(timer);
}
