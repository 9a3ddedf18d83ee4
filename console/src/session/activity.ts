import { call, whileAttended } from '../wire/call.ts';

/** Milliseconds between two calls that keep the session of somebody who only reads and types. */
const EVERY = 10 * 60_000;
/** Milliseconds without a key or a press after which nobody counts as being there. */
const ATTENDED = 60_000;

/**
 * Tells the server of a person at the page, whose searching and scrolling calls nothing; what the page asks by itself while
 * nobody is there keeps no session. @returns what ends it
 */
export function keepAlive(): () => void {
  let told = Date.now();
  let seen = Date.now();
  whileAttended(() => Date.now() - seen < ATTENDED);
  const tell = () => {
    seen = Date.now();
    if (seen - told < EVERY) return;
    told = seen;
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
