/** A browser at the console, as far as the server can tell: it keeps cookies and says where a call comes from. */
import assert from 'node:assert/strict';
import type { WireConsoleLink, WireSession } from '../../src/contract/console.ts';
import { type Reply, succeeded } from './reply.ts';
import { type CallOptions, PASSWORD, type World } from './world.ts';

export const COOKIE = 'cordon-session';

export interface Browser {
  /** Value of the session's cookie, null where there is none. */
  cookie: string | null;
  /** The body of the sign-in. */
  session: WireSession;
  /** Any call with the cookie and, where it is no GET, with what a page sends besides. */
  call(method: string, path: string, options?: CallOptions): Promise<Reply>;
  get(path: string): Promise<Reply>;
}

/** What a browser sends with a call of a page of the server. */
export const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' };

/** Value of the cookie that an answer sets; null where it sets none. */
export function cookieSet(reply: Reply, name = COOKIE): string | null {
  const set = reply.headers.getSetCookie().find((one) => one.startsWith(`${name}=`));
  return set === undefined ? null : set.slice(name.length + 1, set.indexOf(';'));
}

/** An attempt to sign in, with a cookie that the browser has already. */
export const trySignIn = (world: World, body: object, cookie: string | null = null): Promise<Reply> =>
  world.call('POST', '/cordon/v1/session', {
    token: null,
    body,
    headers: { ...SAME_ORIGIN, ...(cookie === null ? {} : { cookie: `${COOKIE}=${cookie}` }) },
  });

/** A browser that has signed in. */
export async function signIn(world: World, body: object): Promise<Browser> {
  const reply = await trySignIn(world, body);
  const session = succeeded<WireSession>(reply, 201);
  const cookie = cookieSet(reply);
  assert.ok(cookie, 'a cookie is set');
  world.keepSecret(cookie);
  world.keepSecret(session.csrfToken);
  const call: Browser['call'] = (method, path, { headers = {}, ...options } = {}) =>
    world.call(method, path, {
      token: null,
      ...options,
      headers: {
        ...(browser.cookie === null ? {} : { cookie: `other=1; ${COOKIE}=${browser.cookie}; last=2` }),
        ...(method === 'GET' ? {} : { 'x-cordon-csrf': session.csrfToken, ...SAME_ORIGIN }),
        ...headers,
      },
    });
  const browser: Browser = { cookie, session, call, get: (path) => call('GET', path) };
  return browser;
}

/** The code of a new one-time link. */
export async function linkCode(world: World): Promise<string> {
  const reply = await world.call('POST', '/cordon/v1/consolelinks', { body: {} });
  const { url } = succeeded<WireConsoleLink>(reply, 201);
  const code = /^[^#]*\/console\/sign-in#code=([\w-]{43})$/.exec(url)?.[1];
  assert.ok(code, url);
  world.keepSecret(code);
  return code;
}

export const signInByLink = async (world: World): Promise<Browser> =>
  signIn(world, { code: await linkCode(world) });

export const signInByPassword = (world: World, user: string): Promise<Browser> =>
  signIn(world, { user, password: PASSWORD });
