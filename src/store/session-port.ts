/** The part of the port that is about people at the console; `port.ts` has the rest. */
import type { Instant } from '../contract/time.ts';
import type { ConsoleLink, ConsoleSession } from '../domain/console-session.ts';

/** People who are signed in to the console. Secrets are known by their hashes only. */
export interface SessionStore {
  createSession(session: ConsoleSession): Promise<void>;
  /** Null for one that has ended by `now`, or never was. */
  session(hash: string, now: Instant): Promise<ConsoleSession | null>;
  /** Lets a session end later; never sooner, and never one that has ended. */
  keepSession(hash: string, endsAt: Instant, now: Instant): Promise<void>;
  /** False when there is none. */
  endSession(hash: string): Promise<boolean>;
  createConsoleLink(link: ConsoleLink): Promise<void>;
  /** The link, which serves nobody any more; null when it was used, has ended, or never was. */
  useConsoleLink(hash: string, now: Instant): Promise<ConsoleLink | null>;
  /** Removes sessions and links that ended by `now`, up to `limit` of each; returns how many. */
  expireSessions(now: Instant, limit: number): Promise<number>;
}
