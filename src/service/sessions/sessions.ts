import { SESSION_LIMITS, type SignInMethod } from '../../contract/console.ts';
import { DELEGATED_PERMISSIONS } from '../../contract/permissions.ts';
import { instantFrom, millisecondsOf } from '../../contract/time.ts';
import type { UserCaller } from '../../domain/caller.ts';
import type { ConsoleSession, Person } from '../../domain/console-session.ts';
import { CordonError } from '../../domain/error.ts';
import type { SessionStore } from '../../store/port.ts';
import { cacheOf } from '../cache.ts';
import type { Clock } from '../clock.ts';
import { hashSecret, secretFrom } from '../tokens/secrets.ts';

/** A session is read again at most this often, so that one that ended at another process ends here. */
const FRESH_MILLISECONDS = 2000;
/** A session that is used is written again when this much of its time is gone. */
const KEPT_EVERY = 60_000;
const REMEMBERED = 20_000;
const EXPIRED_AT_ONCE = 500;
/** 256 bits, base64url. */
const COOKIE = /^[A-Za-z0-9_-]{43}$/;

/** A session as a call finds it. */
export interface FoundSession {
  readonly session: ConsoleSession;
  readonly caller: UserCaller;
}

export interface Sessions {
  /** Begins a session; `cookie` is known nowhere else. */
  begin(person: Person, method: SignInMethod): Promise<FoundSession & { readonly cookie: string }>;
  /**
   * The session of a cookie.
   * @param use whether somebody does something in it, which keeps it
   * @throws CordonError `Unauthorized` when there is none any more
   */
  find(cookie: string, use: 'used' | 'looked at'): Promise<FoundSession>;
  end(cookie: string): Promise<void>;
  /** Removes what has ended from the store. */
  expire(): Promise<void>;
  /** Forgets what was read. */
  forget(): void;
}

interface Remembered extends FoundSession {
  readonly readAt: number;
}

/** Sessions of people at the console. Each says who it is by itself; what the person may do is asked with each call. */
export function createSessions(options: {
  readonly store: SessionStore;
  readonly clock: Clock;
  readonly bytes: (length: number) => Uint8Array;
}): Sessions {
  const { store, clock, bytes } = options;
  const known = cacheOf<Remembered>(REMEMBERED);
  const idleEnd = (expiresAt: number) =>
    instantFrom(Math.min(expiresAt, clock.milliseconds() + SESSION_LIMITS.idle));

  const read = async (hash: string): Promise<Remembered> => {
    const now = clock.milliseconds();
    const present = known.get(hash);
    const fresh = present !== undefined && now - present.readAt < FRESH_MILLISECONDS;
    if (fresh && millisecondsOf(present.session.endsAt) > now) return present;
    const session = await store.session(hash, instantFrom(now));
    if (session === null) {
      known.delete(hash);
      throw ended();
    }
    const found = { session, caller: callerOf(session), readAt: now };
    known.set(hash, found);
    return found;
  };

  /** The session, which ends later from now on. */
  const kept = async (found: Remembered): Promise<FoundSession> => {
    const { session } = found;
    const endsAt = idleEnd(millisecondsOf(session.expiresAt));
    if (millisecondsOf(endsAt) - millisecondsOf(session.endsAt) < KEPT_EVERY) return found;
    await store.keepSession(session.hash, endsAt, clock.now());
    const longer = { ...found, session: { ...session, endsAt } };
    known.set(session.hash, longer);
    return longer;
  };

  return {
    async begin(person, method) {
      const cookie = secretFrom(bytes);
      const expires = clock.milliseconds() + SESSION_LIMITS.longest;
      const session: ConsoleSession = {
        ...person,
        hash: hashSecret(cookie),
        method,
        createdAt: clock.now(),
        expiresAt: instantFrom(expires),
        endsAt: idleEnd(expires),
      };
      await store.createSession(session);
      return { cookie, session, caller: callerOf(session) };
    },
    async find(cookie, use) {
      if (!COOKIE.test(cookie)) throw ended();
      const found = await read(hashSecret(cookie));
      return use === 'used' ? kept(found) : found;
    },
    async end(cookie) {
      if (!COOKIE.test(cookie)) return;
      const hash = hashSecret(cookie);
      known.delete(hash);
      await store.endSession(hash);
      // A call that was under way may have read it again meanwhile.
      known.delete(hash);
    },
    async expire() {
      while ((await store.expireSessions(clock.now(), EXPIRED_AT_ONCE)) >= EXPIRED_AT_ONCE);
    },
    forget: () => known.clear(),
  };
}

function ended(): CordonError {
  return new CordonError('Unauthorized', 'The session has ended; sign in again.');
}

/** At the console roles and groups alone decide, so that a session has every permission of a token. */
function callerOf({
  tenantId,
  administrator,
  principal,
  name,
  objectId,
  groups,
}: ConsoleSession): UserCaller {
  return {
    kind: 'user',
    tenantId,
    principal,
    name,
    objectId,
    groups,
    permissions: DELEGATED_PERMISSIONS,
    administrator,
  };
}
