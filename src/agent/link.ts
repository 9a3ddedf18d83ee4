import type { Clock } from './clock.ts';
import type { AgentErrorCode } from './error.ts';
import type { Link } from './switch.ts';

/** What the conversation with the server tells of itself, and those who want to know whether it works may ask. */
export interface ServerLink extends Link {
  /** True while somebody waits for an answer, so that nothing may be held back. */
  isAsked(): boolean;
  /** Notes that a message goes out; the result is to be given to {@link answered}. */
  asking(): number;
  answered(message: number): void;
  /**
   * Notes that no answer of the server came. One that refused, or that was not the server's, is no reason to undo a
   * restriction either: the way is open, and whoever stands in it must not be able to free the device.
   */
  failed(message: number, why: AgentErrorCode | 'fault'): void;
}

/**
 * Milliseconds for which an answer says that the server is there. A held answer takes 55 s, and a list of trusted files
 * is made in the meantime.
 */
const FRESH = 120_000;

/** Milliseconds to wait for an answer; room for three attempts between which the agent backs off. */
const PATIENCE = 10_000;

/** @param hurry sees that a message goes out at once, over a new connection */
export function createLink(clock: Clock, hurry: () => void): ServerLink {
  const waiting = new Set<{ readonly after: number; resolve(): void }>();
  let messages = 0;
  let answeredAt: number | null = null;
  // An answer to what was asked before says nothing about the way as it is now.
  const tell = (message: number) => {
    for (const waiter of waiting) if (message > waiter.after) waiter.resolve();
  };
  return {
    isUp: () => answeredAt !== null && clock.now() - answeredAt <= FRESH,
    reach: () =>
      new Promise((resolve) => {
        const asked = clock.now();
        const end = (reached: boolean) => {
          cancel();
          waiting.delete(waiter);
          resolve(reached ? clock.now() - asked : null);
        };
        const cancel = clock.after(PATIENCE, () => end(false));
        const waiter = { after: messages, resolve: () => end(true) };
        waiting.add(waiter);
        hurry();
      }),
    isAsked: () => waiting.size > 0,
    asking: () => ++messages,
    answered(message) {
      answeredAt = clock.now();
      tell(message);
    },
    failed(message, why) {
      answeredAt = null;
      if (why !== 'unreachable') tell(message);
    },
  };
}
