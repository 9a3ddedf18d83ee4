import { call } from '../wire/call.ts';

/** Milliseconds between two calls that keep the session of somebody who only reads and types. */
const EVERY = 10 * 60_000;

/** Tells the server of a person at the page, whose searching and scrolling calls nothing. @returns what ends it */
export function keepAlive(): () => void {
  let told = Date.now();
  const tell = () => {
    if (Date.now() - told < EVERY) return;
    told = Date.now();
    call('/cordon/v1/session').catch(() => {
      // The next call that matters says what is wrong.
    });
  };
  const kinds = ['keydown', 'pointerdown'] as const;
  for (const kind of kinds) addEventListener(kind, tell, { passive: true });
  return () => {
    for (const kind of kinds) removeEventListener(kind, tell);
  };
}
