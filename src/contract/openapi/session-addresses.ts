/** Signing in to the console, and out of it, in the description; the redirects of an identity provider are no part of it. */
import { SESSION_BODY } from '../console.ts';
import { SESSION, SIGN_IN } from '../console-replies.ts';
import { type Address, emptyReply, jsonReply } from './address.ts';
import type { JsonObject } from './json.ts';
import { SESSIONS } from './tags.ts';

/** What every one of them may refuse with. */
const REFUSALS = {
  400: 'BadRequest',
  403: 'Forbidden',
  405: 'MethodNotAllowed',
  408: 'RequestTimeout',
  414: 'UriTooLong',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  503: 'ServiceUnavailable',
} as const;

const SESSION_SCHEME = [{ session: [] }];
const COOKIE: JsonObject = {
  'Set-Cookie': { description: 'The session’s cookie.', required: true, schema: { type: 'string' } },
};
export const SESSION_ADDRESSES: readonly Address[] = [
  {
    id: 'getSignIn',
    method: 'get',
    path: '/cordon/v1/signin',
    tag: SESSIONS,
    summary: 'How people sign in',
    description: 'Needs no session.',
    form: null,
    replies: { 200: jsonReply(SIGN_IN, 'The ways to sign in.'), ...REFUSALS },
  },
  {
    id: 'createSession',
    method: 'post',
    path: '/cordon/v1/session',
    tag: SESSIONS,
    summary: 'Sign in',
    description:
      'With the `code` of a one-time link, or with `user` and `password` at an emulator. The call must come from a page of this server: its `Origin` is looked at.',
    form: null,
    body: SESSION_BODY,
    replies: {
      201: jsonReply(SESSION, 'Signed in.', COOKIE),
      401: 'Unauthorized',
      413: 'PayloadTooLarge',
      415: 'UnsupportedMediaType',
      ...REFUSALS,
    },
  },
  {
    id: 'getSession',
    method: 'get',
    path: '/cordon/v1/session',
    tag: SESSIONS,
    summary: 'Who is signed in',
    description: 'What the person may do is computed from the roles at this moment.',
    form: null,
    security: SESSION_SCHEME,
    replies: { 200: jsonReply(SESSION, 'The session.'), 401: 'Unauthorized', ...REFUSALS },
  },
  {
    id: 'deleteSession',
    method: 'delete',
    path: '/cordon/v1/session',
    tag: SESSIONS,
    summary: 'Sign out',
    description: 'Ends the session everywhere.',
    form: null,
    security: SESSION_SCHEME,
    replies: { 204: emptyReply('Signed out.'), 401: 'Unauthorized', ...REFUSALS },
  },
];
