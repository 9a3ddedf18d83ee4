/**
 * A puppet of the API for tests of the client and the command: it answers what it is told to answer, remembers every
 * call, and moves an action one status on with each time it is read.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WireActionEvent, WireActionState, WireMachineState } from '../../src/contract/cordon.ts';
import type { ActionStatus, WireMachineAction } from '../../src/contract/machine-action.ts';
import { EMULATOR } from '../../src/contract/well-known.ts';
import { AT, machineState } from './machine-state.ts';

export interface SeenCall {
  readonly method: string;
  /** Decoded path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** An answer in place of the puppet's own. */
export interface ForcedAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Break the connection instead of answering. */
  readonly broken?: boolean;
  /** Do what was asked, and break the connection before the answer. */
  readonly lost?: boolean;
}

export interface ApiServer {
  readonly url: string;
  readonly calls: SeenCall[];
  readonly machines: WireMachineState[];
  readonly actions: Map<string, WireMachineAction>;
  /** Ids of actions by the Idempotency-Key of their request; the vendor's service keeps none. */
  readonly keys: Map<string, string>;
  readonly histories: Map<string, WireActionEvent[]>;
  /** What Cordon adds to an action. */
  readonly releases: Map<string, Pick<WireActionState, 'releaseAt' | 'releaseStands' | 'releaseOf'>>;
  /** Statuses that each new action passes, one per read, after `Pending`. */
  path: ActionStatus[];
  /** Entries of Cordon's own collections, by the last part of their path. */
  readonly lists: Record<string, unknown[]>;
  /** Tokens that are accepted; the newest is given out. */
  tokens: string[];
  /** Answers the next call whose `METHOD /path` begins with `start` in this way, once for each time it is told. */
  force(start: string, answer: ForcedAnswer): void;
  /** True: nothing below `/cordon/v1`, and no Idempotency-Key, as at the vendor's. */
  vendorOnly: boolean;
  /** Where `@odata.context` of every success begins; null for none. */
  context: string | null;
  /** Most entries on a page of a collection. */
  pageSize: number;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startApiServer(): Promise<ApiServer> {
  const forced: { start: string; answer: ForcedAnswer }[] = [];
  const server = createServer((request, response) => {
    answer(api, forced, request, response).catch((error: Error) =>
      send(response, 500, wireError('Puppet', error.message)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api: ApiServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    machines: [machineState(1), machineState(2), machineState(3)],
    actions: new Map(),
    keys: new Map(),
    histories: new Map(),
    releases: new Map(),
    path: ['InProgress', 'Succeeded'],
    lists: {},
    tokens: ['token-1'],
    vendorOnly: false,
    context: null,
    pageSize: 10_000,
    force: (start, answer) => void forced.push({ start, answer }),
    [Symbol.asyncDispose]: () => closed(server),
  };
  return api;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

async function answer(
  api: ApiServer,
  forced: { start: string; answer: ForcedAnswer }[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<undefined> {
  const url = new URL(request.url!, api.url);
  const path = decodeURIComponent(url.pathname);
  const call: SeenCall = {
    method: request.method!,
    path,
    query: url.searchParams,
    headers: request.headers,
    body: bodyOf(request, await text(request)),
  };
  api.calls.push(call);
  const at = forced.findIndex(({ start }) => `${call.method} ${path}`.startsWith(start));
  if (at !== -1) {
    const { status, body, headers, broken, lost } = forced.splice(at, 1)[0]!.answer;
    if (broken === true || lost === true) request.socket.destroy();
    if (broken === true) return undefined;
    if (lost !== true) return send(response, status, body, headers);
  }
  if (path.endsWith('/token')) return tokenAnswer(api, call, response);
  const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined || !api.tokens.includes(token)) {
    return send(response, 401, wireError('Unauthorized', 'The access token is not acceptable.'));
  }
  for (const { method, pattern, reply } of ROUTES) {
    const match = pattern.exec(path);
    if (call.method === method && match !== null) return reply(api, call, match[1] ?? '', response);
  }
  if (path.startsWith('/cordon/v1/') && !api.vendorOnly) return ownAnswer(api, call, response);
  return send(response, 404, wireError('NotFound', 'There is no such address.'));
}

function tokenAnswer(api: ApiServer, { body }: SeenCall, response: ServerResponse): undefined {
  const form = body as URLSearchParams;
  if (form.get('client_secret') === EMULATOR.secret) {
    return send(response, 200, { token_type: 'Bearer', expires_in: 3599, access_token: api.tokens.at(-1) });
  }
  send(response, 401, {
    error: 'invalid_client',
    error_description: 'AADSTS7000215: Invalid client secret provided.',
    error_codes: [7000215],
    correlation_id: '0f0e0d0c-0b0a-4909-8807-060504030201',
  });
}

type Reply = (api: ApiServer, call: SeenCall, id: string, response: ServerResponse) => undefined;

const ROUTES: readonly { method: string; pattern: RegExp; reply: Reply }[] = [
  {
    method: 'POST',
    pattern: /^\/api\/machines\/([^/]+)\/(?:un)?restrictCodeExecution$/,
    reply: createAction,
  },
  { method: 'POST', pattern: /^\/api\/machineactions\/([^/]+)\/cancel$/, reply: cancelAction },
  { method: 'GET', pattern: /^\/api\/machineactions\/([^/]+)$/, reply: readAction },
  { method: 'GET', pattern: /^\/api\/machineactions$/, reply: listActions },
  { method: 'GET', pattern: /^\/api\/machines\/([^/]+)\/machineactions$/, reply: listActions },
  { method: 'GET', pattern: /^\/api\/machines\/([^/]+)$/, reply: readMachine },
  { method: 'GET', pattern: /^\/api\/machines$/, reply: listMachines },
  { method: 'GET', pattern: /^\/cordon\/v1\/machines$/, reply: listMachines },
  { method: 'GET', pattern: /^\/cordon\/v1\/machines\/([^/]+)$/, reply: readMachine },
];

function createAction(
  api: ApiServer,
  { path, body, headers }: SeenCall,
  id: string,
  response: ServerResponse,
): undefined {
  const machine = api.machines.find((row) => row.id === id || row.computerDnsName === id);
  if (machine === undefined)
    return send(response, 404, wireError('ResourceNotFound', `Machine ${id} was not found`));
  const known = api.vendorOnly ? undefined : api.keys.get(String(headers['idempotency-key']));
  if (known !== undefined)
    return send(response, 201, framed(api, 'MachineActions/$entity', api.actions.get(known)!));
  const count = api.actions.size + 1;
  const action: WireMachineAction = {
    id: `${String(count).padStart(8, '0')}-6a41-4f0e-9a57-0c1d2e3f4a5b`,
    type: path.endsWith('/restrictCodeExecution') ? 'RestrictCodeExecution' : 'UnrestrictCodeExecution',
    title: null,
    requestor: 'puppet',
    requestorComment: (body as { Comment: string }).Comment,
    status: 'Pending',
    machineId: machine.id,
    computerDnsName: machine.computerDnsName,
    creationDateTimeUtc: AT,
    lastUpdateDateTimeUtc: AT,
    cancellationRequestor: null,
    cancellationComment: null,
    cancellationDateTimeUtc: null,
    errorHResult: 0,
    scope: null,
    externalId: (body as { ExternalId?: string }).ExternalId ?? null,
    requestSource: 'PublicApi',
    relatedFileInfo: null,
    commands: [],
    troubleshootInfo: null,
  };
  api.actions.set(action.id, action);
  if (headers['idempotency-key'] !== undefined) api.keys.set(String(headers['idempotency-key']), action.id);
  if ((body as { ReleaseAfter?: string }).ReleaseAfter === undefined)
    return send(response, 201, framed(api, 'MachineActions/$entity', action));
  const release = { releaseAt: '2026-03-02T13:15:20.3312801Z', releaseStands: true, releaseOf: null };
  api.releases.set(action.id, release);
  send(response, 201, { ...action, ...release });
}

function readMachine(api: ApiServer, call: SeenCall, name: string, response: ServerResponse): undefined {
  if (api.vendorOnly && call.path.startsWith('/cordon')) {
    return send(response, 404, wireError('NotFound', 'There is no such address.'));
  }
  const machine = api.machines.find(({ id, computerDnsName }) => id === name || computerDnsName === name);
  if (machine === undefined)
    return send(response, 404, wireError('ResourceNotFound', `Machine ${name} was not found`));
  send(response, 200, framed(api, 'Machines/$entity', machine));
}

function readAction(api: ApiServer, _call: SeenCall, id: string, response: ServerResponse): undefined {
  const action = api.actions.get(id);
  if (action === undefined) return send(response, 404, wireError('ResourceNotFound', `${id} was not found`));
  send(response, 200, framed(api, 'MachineActions/$entity', action));
  const next = api.path[api.path.indexOf(action.status) + 1];
  const final = ['Succeeded', 'Failed', 'TimeOut', 'Cancelled'].includes(action.status);
  if (next !== undefined && !final) api.actions.set(id, { ...action, status: next });
}

function cancelAction(api: ApiServer, { body }: SeenCall, id: string, response: ServerResponse): undefined {
  const action = api.actions.get(id);
  if (action === undefined) return send(response, 404, wireError('ResourceNotFound', `${id} was not found`));
  const cancelled = {
    ...action,
    status: 'Cancelled' as const,
    cancellationRequestor: 'puppet',
    cancellationComment: (body as { Comment: string }).Comment,
    cancellationDateTimeUtc: AT,
  };
  api.actions.set(id, cancelled);
  send(response, 200, framed(api, 'MachineActions/$entity', cancelled));
}

function listActions(api: ApiServer, call: SeenCall, machine: string, response: ServerResponse): undefined {
  const rows = [...api.actions.values()].reverse();
  const wanted = api.machines.find(
    ({ id, computerDnsName }) => id === machine || computerDnsName === machine,
  )?.id;
  sendPage(api, call, machine === '' ? rows : rows.filter(({ machineId }) => machineId === wanted), response);
}

/** Understands as much of `$filter` as the command writes to find a machine by name; other filters let all pass. */
function listMachines(api: ApiServer, call: SeenCall, _id: string, response: ServerResponse): undefined {
  if (api.vendorOnly && call.path.startsWith('/cordon')) {
    return send(response, 404, wireError('NotFound', 'There is no such address.'));
  }
  const filter = call.query.get('$filter');
  const name = /computerDnsName eq '([^']*)'/.exec(filter ?? '')?.[1];
  const byName = ({ id, computerDnsName }: WireMachineState) =>
    name === undefined ||
    computerDnsName === name ||
    computerDnsName.startsWith(`${name}.`) ||
    (filter!.includes('startswith(id,') && id.startsWith(name));
  const rows = api.machines.filter(byName);
  const vendor = call.path.startsWith('/api');
  sendPage(
    api,
    call,
    vendor ? rows.map(({ controls: _c, drivers: _d, ...machine }) => machine) : rows,
    response,
  );
}

function ownAnswer(api: ApiServer, call: SeenCall, response: ServerResponse): undefined {
  const history = /^\/cordon\/v1\/machineactions\/([^/]+)\/history$/.exec(call.path)?.[1];
  if (history !== undefined) return send(response, 200, { value: api.histories.get(history) ?? [] });
  const timed = /^\/cordon\/v1\/machines\/([^/]+)\/restrictCodeExecution$/.exec(call.path)?.[1];
  if (timed !== undefined) return createAction(api, call, timed, response);
  const state = /^\/cordon\/v1\/machineactions\/([^/]+)$/.exec(call.path)?.[1];
  const release = state === undefined ? undefined : api.releases.get(state);
  if (release !== undefined) return send(response, 200, { ...api.actions.get(state!), ...release });
  const list = api.lists[call.path.slice('/cordon/v1/'.length)] ?? api.lists[call.path.split('/')[3]!];
  if (list === undefined) return send(response, 404, wireError('NotFound', 'There is no such address.'));
  if (call.method === 'GET') return send(response, 200, { value: list });
  if (call.method === 'DELETE') return send(response, 204);
  send(response, call.method === 'POST' ? 201 : 200, { ...(list[0] as object), ...(call.body as object) });
}

function sendPage(
  api: ApiServer,
  call: SeenCall,
  rows: readonly unknown[],
  response: ServerResponse,
): undefined {
  const from = Number(call.query.get('$skiptoken') ?? call.query.get('$skip') ?? 0);
  const top = Number(call.query.get('$top') ?? Number.POSITIVE_INFINITY);
  const value = rows.slice(from, from + Math.min(top, api.pageSize));
  const cut = top > api.pageSize && from + value.length < rows.length;
  const next = new URLSearchParams(call.query);
  next.set('$skiptoken', String(from + value.length));
  // The public address of a server need not be the one that a client reaches it by.
  const link = { '@odata.nextLink': `https://public.example.test/elsewhere${call.path}?${next}` };
  const set = call.path.endsWith('/machines') ? 'Machines' : 'MachineActions';
  send(response, 200, framed(api, set, { ...(cut ? link : {}), value }));
}

const framed = (api: ApiServer, set: string, value: object): object =>
  api.context === null ? value : { '@odata.context': `${api.context}${set}`, ...value };

async function text(request: IncomingMessage): Promise<string> {
  let all = '';
  for await (const part of request.setEncoding('utf8')) all += part;
  return all;
}

function bodyOf(request: IncomingMessage, body: string): unknown {
  if (body === '') return undefined;
  return request.headers['content-type']?.startsWith('application/json')
    ? JSON.parse(body)
    : new URLSearchParams(body);
}

function send(
  response: ServerResponse,
  status: number,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): undefined {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
}

export const wireError = (code: string, message: string) => ({
  error: { code, message, target: '|b1838e63-40a6640ddd2719ac.' },
});
