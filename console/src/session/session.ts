import { createContext, useContext } from 'react';
import type { WireSession, WireSignIn } from '../../../src/contract/console.ts';
import type { OperationId } from '../../../src/contract/operations.ts';
import { call, setCsrfToken } from '../wire/call.ts';
import { Problem } from '../wire/problem.ts';

const SESSION = '/cordon/v1/session';
export const SESSION_KEY = ['session'] as const;

/** True of what another person would read otherwise. */
export const notOfSession = ({ queryKey }: { readonly queryKey: readonly unknown[] }): boolean =>
  queryKey[0] !== SESSION_KEY[0];

/** The session of this browser; null where nobody is signed in. */
export async function readSession(): Promise<WireSession | null> {
  try {
    return entered(await call<WireSession>(SESSION));
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

/** @throws Problem 401 when the code or the password is not taken, 429 after too many tries */
export async function signIn(
  with_: { readonly code: string } | { readonly user: string; readonly password: string },
): Promise<WireSession> {
  const session = entered(await call<WireSession>(SESSION, { method: 'POST', body: with_ }));
  tell('signed in');
  return session;
}

export async function signOut(): Promise<void> {
  await call(SESSION, { method: 'DELETE' });
  tell('signed out');
}

export const METHODS_KEY = ['session', 'methods'] as const;
export const readMethods = (): Promise<WireSignIn> => call<WireSignIn>('/cordon/v1/signin');

/** Address that begins a sign-in at the identity provider. */
export const providerAddress = (returnTo: string): string =>
  `/cordon/v1/signin/openidconnect?returnTo=${encodeURIComponent(returnTo)}`;

/** Other pages of this browser hear of it when somebody signs in or out. */
export const neighbours = new BroadcastChannel('cordon-session');

export type Said = 'signed in' | 'signed out';

const tell = (said: Said): void => neighbours.postMessage(said);

function entered(session: WireSession): WireSession {
  setCsrfToken(session.csrfToken);
  return session;
}

export interface SessionState {
  readonly session: WireSession;
  /** True from when an answer said that the session is over until somebody has signed in again. */
  readonly ended: boolean;
  readonly leave: () => void;
}

export const SessionContext = createContext<SessionState | null>(null);

/** Who is signed in. Only below the place where somebody is. */
export function useSession(): SessionState {
  const state = useContext(SessionContext);
  if (state === null) throw new Error('outside of a session');
  return state;
}

/** Whether the person may call all of the operations; what is not allowed is not offered. */
export function useMay(): (...operations: OperationId[]) => boolean {
  const { allowed } = useSession().session;
  return (...operations) => operations.every((operation) => allowed.includes(operation));
}
