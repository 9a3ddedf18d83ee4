/** How changes reach the page: told at once, not told at this moment, or asked for again and again. */
export type LiveState = 'live' | 'reconnecting' | 'polling';

/** What people are told of it; `away` where no call is answered either. */
export const LIVE_WORDS: Readonly<
  Record<LiveState | 'away', { readonly word: string; readonly meaning: string }>
> = {
  live: { word: 'Live', meaning: 'Every change is shown when it happens.' },
  reconnecting: {
    word: 'Reconnecting',
    meaning: 'The connection was lost; what you see may be some seconds old.',
  },
  away: {
    word: 'No connection',
    meaning: 'The server does not answer; what you see is how it was.',
  },
  polling: { word: 'Polling', meaning: 'Changes are not told; the page asks every few seconds.' },
};

/** Milliseconds after which a lost stream counts as one that does not come back soon. */
export const PATIENCE_WITH_STREAM = 5_000;

const LIVE_PACE = 30_000;
const POLLING_PACE = 5_000;
/** A page may keep the server busy for at most one twentieth of the time. */
const SHARE = 20;

/**
 * Milliseconds between two readings of everything: what was told may have been lost, and without a stream nothing is told.
 * @param took milliseconds that the last reading took; a large fleet is read less often
 */
export function pollingPace(state: LiveState, took: number): number {
  return Math.max(state === 'live' ? LIVE_PACE : POLLING_PACE, took * SHARE);
}

/** Milliseconds until a closed stream is opened again. @param tries how often that was in vain */
export const reopenAfter = (tries: number): number => Math.min(30_000, 1_000 * 2 ** Math.min(tries, 5));
