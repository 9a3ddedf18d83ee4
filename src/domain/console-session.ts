import type { SignInMethod } from '../contract/console.ts';
import type { Instant } from '../contract/time.ts';

/** Who signed in, as the way in proved it. */
export interface Person {
  readonly tenantId: string;
  /** The local administrator, who needs no role. */
  readonly administrator: boolean;
  readonly principal: string;
  readonly name: string;
  /** Object id in the directory; empty where there is none. */
  readonly objectId: string;
  /** Group ids of the directory. */
  readonly groups: readonly string[];
}

/** A person who is signed in to the console. */
export interface ConsoleSession extends Person {
  /** SHA-256 of the cookie's value, hexadecimal: who reads the store cannot act as the person. */
  readonly hash: string;
  readonly method: SignInMethod;
  readonly createdAt: Instant;
  /** When it ends, whatever is done in it. */
  readonly expiresAt: Instant;
  /** When it ends unless something is done in it; never after `expiresAt`. */
  readonly endsAt: Instant;
}

/** A link that begins a session of the local administrator, once. */
export interface ConsoleLink {
  /** SHA-256 of its code, hexadecimal. */
  readonly hash: string;
  readonly tenantId: string;
  /** Who made it, as history names them. */
  readonly createdBy: string;
  readonly endsAt: Instant;
}

/** The name under which history knows the local administrator. */
export const LOCAL_ADMINISTRATOR = 'local administrator';

export const localAdministrator = (tenantId: string): Person => ({
  tenantId,
  administrator: true,
  principal: LOCAL_ADMINISTRATOR,
  name: 'Local administrator',
  objectId: '',
  groups: [],
});
