import type { Actor } from '../domain/action.ts';
import type { Caller } from '../domain/caller.ts';
import { LOCAL_ADMINISTRATOR } from '../domain/console-session.ts';
import type { Visible } from '../store/port.ts';

/** A caller who passed the gates for an operation, with the groups whose machines the caller sees. */
export interface Call {
  readonly caller: Caller;
  readonly visible: Visible;
  /** Id of the call in the log; left out where nobody called. */
  readonly correlation?: string;
}

/** The caller as `requestor` on the wire: a user's principal name, an application's display name. */
export function requestorOf(caller: Caller): string {
  return caller.kind === 'user' ? caller.principal : caller.name;
}

/** The identity that quotas and idempotency keys are counted by. */
export function callerKey(caller: Caller): string {
  if (caller.kind === 'application') return `application:${caller.id}`;
  return caller.administrator ? LOCAL_ADMINISTRATOR : `user:${caller.principal}`;
}

export function actorOf(caller: Caller): Actor {
  const id = caller.kind === 'user' ? caller.principal : caller.id;
  return { kind: caller.kind, id, name: requestorOf(caller) };
}
