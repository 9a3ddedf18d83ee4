import type { FastifyRequest } from 'fastify';
import { ENROL_PATH, EXCHANGE_PATH } from '../contract/device.ts';
import { CONTROL_HEADER, EMULATOR_BASE } from '../contract/emulator/operations.ts';
import type { SeenCall } from './faults/match.ts';

/** Where an emulator shows itself to people. */
export const PAGE_PATH = '/cordon/emulator';

/** What a playbook calls beside the operations of the API, as rules and the journal name it. */
export const OTHER_OPERATIONS = ['token', 'discovery'] as const;

const BY_END: readonly (readonly [end: string, name: (typeof OTHER_OPERATIONS)[number]])[] = [
  ['/token', 'token'],
  ['/.well-known/openid-configuration', 'discovery'],
  ['/keys', 'discovery'],
  ['/common/discovery/instance', 'discovery'],
];

/** Calls of the fleet, of whoever watches the emulator, of its own page and of who signs in to the console: no playbook makes them. */
const APART = [
  ENROL_PATH,
  EXCHANGE_PATH,
  EMULATOR_BASE,
  PAGE_PATH,
  '/console',
  '/cordon/v1/session',
  '/cordon/v1/signin',
  '/healthz',
  '/readyz',
];

/** True for a call that rules and the journal leave alone. */
export function isApart(request: FastifyRequest): boolean {
  if (request.headers[CONTROL_HEADER] !== undefined) return true;
  const path = (request.routeOptions.url ?? pathOf(request)).toLowerCase();
  return APART.some((start) => path === start || path.startsWith(`${start}/`));
}

/** Id of the called operation, `token` or `discovery`; null where nothing is or where the method is wrong. */
export function operationOf(request: FastifyRequest): string | null {
  const { config, url } = request.routeOptions;
  if (config.refuses === true) return null;
  return config.operation ?? BY_END.find(([end]) => url?.endsWith(end))?.[1] ?? null;
}

export function pathOf(request: FastifyRequest): string {
  return request.raw.url?.split('?', 1)[0] ?? '';
}

/** Who calls: by the accepted token, or by what a token request says of itself. */
export function callerOf(request: FastifyRequest): { application: string | null; user: string | null } {
  const caller = request.call?.caller ?? null;
  if (caller === null) return { application: clientOf(request), user: null };
  return caller.kind === 'application'
    ? { application: caller.id, user: null }
    : { application: null, user: caller.principal };
}

/** The call as rules see it; null for one that they leave alone. */
export function seenCall(request: FastifyRequest): SeenCall | null {
  const operation = operationOf(request);
  if (operation === null || isApart(request)) return null;
  const { id = null } = request.params as { id?: string };
  return {
    operation,
    method: request.method,
    path: pathOf(request),
    machine: request.routeOptions.url?.includes('/machines/:id') === true ? id : null,
    ...callerOf(request),
    header(name) {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
  };
}

/** Longest name of a client that is repeated; an id has 36 characters. */
const CLIENT_MAXIMUM = 255;

/** `client_id` of a token request's form, or the user of its Basic authorization. */
function clientOf(request: FastifyRequest): string | null {
  if (operationOf(request) !== 'token') return null;
  const named = typeof request.body === 'string' ? new URLSearchParams(request.body).get('client_id') : null;
  if (named !== null) return named.slice(0, CLIENT_MAXIMUM);
  const basic = /^basic +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const [user = ''] = Buffer.from(basic ?? '', 'base64')
    .toString('utf8')
    .split(':', 1);
  return user === '' ? null : user.slice(0, CLIENT_MAXIMUM);
}
