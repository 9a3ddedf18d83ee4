/** A whole server for tests of the wire: real HTTP, a store in memory or on PostgreSQL, a time that the test steps. */
import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { WireActionEvent, WireActionState, WireMachineState } from '../../src/contract/cordon.ts';
import type { DeviceFacts } from '../../src/contract/device.ts';
import type { WireMachineAction } from '../../src/contract/machine-action.ts';
import { APPLICATION_PERMISSIONS, type RolePermission } from '../../src/contract/permissions.ts';
import type { RunningServer, ServerOptions } from '../../src/server/options.ts';
import { startServer } from '../../src/server/server.ts';
import type { Timeouts } from '../../src/service/actions.ts';
import { hashPassword } from '../../src/service/tokens/secrets.ts';
import type { Store } from '../../src/store/port.ts';
import { createSteppedTime, type SteppedTime } from './clock.ts';
import { createPuppetDevice, deviceFacts, type PuppetDevice } from './device.ts';
import { createFaultyStore, type FaultyStore } from './fault.ts';
import { checkRefusal, type Reply, succeeded } from './reply.ts';
import { sharedTokenKey } from './token-key.ts';
import { openWorldStore } from './world-store.ts';

export const TENANT = '7c1e0d3a-0f0e-4c52-9a4f-3a1d0c6b5e21';
export const OTHER_TENANT = '8d2f1e4b-1f1f-4d63-8b5a-4b2e1d7c6f32';
export const RESOURCE = 'https://api.securitycenter.microsoft.com';
export const PASSWORD = 'the-password-of-every-user';
const DAY = 86_400_000;
const LOOPBACK: ServerOptions['webhookAllow'] = [{ kind: 'range', address: '127.0.0.0', prefix: 8 }];

export interface WorldOptions {
  readonly rateLimit?: ServerOptions['rateLimit'];
  readonly timeouts?: (machine: { computerDnsName: string | null }) => Timeouts;
  readonly publicUrl?: string;
  readonly metrics?: ServerOptions['metrics'];
  readonly retainActions?: number;
  readonly consoleFolder?: string;
  readonly consoleProvider?: ServerOptions['consoleProvider'];
  /** Loopback when left out. */
  readonly webhookAllow?: ServerOptions['webhookAllow'];
  readonly maxConnections?: number;
  /** The test means to make the server fail, so that errors in the log are no fault of it. */
  readonly expectsFaults?: boolean;
}

export interface CallOptions {
  /** The full application's token when left out; null sends none. */
  readonly token?: string | null;
  /** Sent as JSON, text as it is. */
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface ApplicationAsked {
  readonly tenant?: string;
  readonly name?: string;
}

export interface UserAsked {
  /** Application permissions of the client; the token has their delegated names. */
  readonly permissions?: readonly string[];
  readonly role?: readonly RolePermission[];
}

export interface DeviceAsked {
  readonly facts?: Partial<DeviceFacts>;
  readonly tenant?: string;
  readonly groupId?: number;
}

export interface World extends AsyncDisposable {
  readonly server: RunningServer;
  readonly url: string;
  readonly store: Store;
  readonly faults: FaultyStore;
  readonly time: SteppedTime;
  /** Lines of the log, parsed. */
  readonly logged: Record<string, unknown>[];
  /** Token of an application with every permission. */
  readonly full: string;
  /** Any call; a refusal is checked for its shape and for its line in the log. */
  call(method: string, path: string, options?: CallOptions): Promise<Reply>;
  get(path: string, token?: string): Promise<Reply>;
  /** Token of a new application with exactly these permissions. */
  application(permissions: readonly string[], asked?: ApplicationAsked): Promise<string>;
  /** A new application that can ask for tokens again, for tests that outlive one. */
  client(permissions: readonly string[], asked?: ApplicationAsked): Promise<{ token(): Promise<string> }>;
  /** Token of a new user, by the password grant. */
  user(principal: string, asked?: UserAsked): Promise<string>;
  /** An enrolled device, answered for by the test. */
  device(name?: string, asked?: DeviceAsked): Promise<PuppetDevice>;
  enrolmentToken(change?: Partial<Parameters<Store['createEnrolmentToken']>[0]>): Promise<string>;
  restrict(machine: string, comment?: string): Promise<WireMachineAction>;
  /** A restriction that ends by itself. */
  restrictFor(machine: string, releaseAfter: string): Promise<WireActionState>;
  unrestrict(machine: string, comment?: string): Promise<WireMachineAction>;
  cancel(action: string, comment?: string): Promise<Reply>;
  action(id: string): Promise<WireMachineAction>;
  history(id: string): Promise<WireActionEvent[]>;
  /** The machine with its one control. */
  state(machineId: string): Promise<WireMachineState & { control: WireMachineState['controls'][number] }>;
  /** Looks again until the answer is there; fails after ten seconds. */
  until<T>(look: () => Promise<T | null | false>): Promise<T>;
  /** Another server process on the same store, as after a restart or beside the first; closed with the world. */
  another(): Promise<RunningServer>;
  /** A text that no line of the log may hold. */
  keepSecret(text: string): void;
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const time = createSteppedTime();
  const real = await openWorldStore();
  await sharedTokenKey(real);
  const faults = createFaultyStore(real);
  const lines: string[] = [];
  const secrets = new Set<string>([PASSWORD]);
  const start = (store: Store) =>
    startServer({
      store,
      logger: pino({ level: 'info', base: null }, { write: (line: string) => void lines.push(line) }),
      listen: { host: '127.0.0.1', port: 0 },
      publicUrl: options.publicUrl ?? null,
      tls: null,
      trustProxy: [],
      webhookAllow: options.webhookAllow ?? LOOPBACK,
      rateLimit: options.rateLimit ?? null,
      external: [],
      timeouts: options.timeouts ?? (() => ({ pending: 3 * DAY, progress: 3_600_000 })),
      sweepEvery: 5,
      serverKeyAge: null,
      passwordGrant: true,
      acceptsDriver: () => true,
      newMachineId: () => randomBytes(20).toString('hex'),
      enrolledMillisecondsAgo: 0,
      allowsHost: null,
      metrics: options.metrics ?? null,
      retainActions: options.retainActions ?? null,
      consoleProvider: options.consoleProvider ?? null,
      ...(options.consoleFolder === undefined ? {} : { consoleFolder: options.consoleFolder }),
      ...(options.maxConnections === undefined ? {} : { maxConnections: options.maxConnections }),
      strictTransport: options.publicUrl?.startsWith('https:') ?? false,
      time,
    });
  const server = await start(faults.store);
  const servers = [server];
  const { services, clock, localUrl: url } = server;
  for (const [id, name] of [
    [TENANT, 'Contoso'],
    [OTHER_TENANT, 'Fabrikam'],
  ] as const) {
    await real.createTenant({ id, name, createdAt: clock.now() });
  }
  const inLog = (text: string) => lines.some((line) => line.includes(JSON.stringify(text).slice(1, -1)));
  const passwordHash = await hashedPassword();

  const call: World['call'] = async (method, path, { token = world.full, body, headers = {} } = {}) => {
    const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
    });
    const text = await response.text();
    const reply: Reply = {
      status: response.status,
      headers: response.headers,
      text,
      json: <T>() => JSON.parse(text) as T,
    };
    if (response.status >= 400 && text !== '') {
      const { target } = checkRefusal(reply);
      assert.ok(inLog(target), `the log does not know ${target} of ${reply.text}`);
    }
    return reply;
  };

  const tokenOf = async (tenant: string, form: Record<string, string>): Promise<string> => {
    const response = await fetch(`${url}/${tenant}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({ scope: `${RESOURCE}/.default`, ...form }),
    });
    const answer = (await response.json()) as { access_token?: string };
    assert.ok(answer.access_token, JSON.stringify(answer));
    secrets.add(answer.access_token);
    return answer.access_token;
  };

  const createApplication = async (tenantId: string, name: string, permissions: readonly string[]) => {
    const { application, text } = await services.applications.create({
      tenantId,
      displayName: name,
      permissions,
      secretDays: null,
    });
    secrets.add(text);
    return { client_id: application.id, client_secret: text };
  };

  const client: World['client'] = async (permissions, { tenant = TENANT, name } = {}) => {
    const credentials = await createApplication(tenant, name ?? `app-${randomUUID()}`, permissions);
    return { token: () => tokenOf(tenant, { grant_type: 'client_credentials', ...credentials }) };
  };
  const application: World['application'] = async (permissions, asked) =>
    (await client(permissions, asked)).token();

  const post = async (machine: string, operation: string, comment: string) => {
    const path = `/api/machines/${machine}/${operation}`;
    return succeeded<WireMachineAction>(await call('POST', path, { body: { Comment: comment } }), 201);
  };

  const world: World = {
    server,
    url,
    store: real,
    faults,
    time,
    get logged() {
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    full: '',
    call,
    get: (path, token) => call('GET', path, token === undefined ? {} : { token }),
    application,
    client,
    async user(principal, { permissions = APPLICATION_PERMISSIONS, role } = {}) {
      await real.createEmulatorUser({ tenantId: TENANT, principal, displayName: principal, passwordHash });
      if (role !== undefined) {
        const { id } = await services.roles.create(TENANT, `role of ${principal}`, role);
        await services.roles.assign(TENANT, id, principal);
      }
      const client = await createApplication(TENANT, `app-${randomUUID()}`, permissions);
      return tokenOf(TENANT, {
        grant_type: 'password',
        ...client,
        username: principal,
        password: PASSWORD,
      });
    },
    async device(name = 'ws-001.cordon.test', { facts = {}, tenant = TENANT, groupId } = {}) {
      const token = await world.enrolmentToken({ tenantId: tenant, groupId: groupId ?? null });
      const device = createPuppetDevice({ serverUrl: url });
      await device.enrol({ token, facts: deviceFacts(name, facts) });
      return device;
    },
    async enrolmentToken(change = {}) {
      const token = randomBytes(32).toString('base64url');
      secrets.add(token);
      await real.createEnrolmentToken({
        tenantId: TENANT,
        id: randomUUID(),
        hash: sha256(token),
        groupId: null,
        machineId: null,
        usesLeft: 1,
        expiresAt: '9999-12-31T23:59:59.0000000Z',
        createdAt: clock.now(),
        createdBy: 'test',
        revokedAt: null,
        ...change,
      });
      return token;
    },
    restrict: (machine, comment = 'comment of the test') => post(machine, 'restrictCodeExecution', comment),
    async restrictFor(machine, releaseAfter) {
      const path = `/cordon/v1/machines/${machine}/restrictCodeExecution`;
      const body = { Comment: 'comment of the test', ReleaseAfter: releaseAfter };
      return succeeded<WireActionState>(await call('POST', path, { body }), 201);
    },
    unrestrict: (machine, comment = 'comment of the test') =>
      post(machine, 'unrestrictCodeExecution', comment),
    cancel: (id, comment = 'cancelled by the test') =>
      call('POST', `/api/machineactions/${id}/cancel`, { body: { Comment: comment } }),
    action: async (id) => succeeded(await call('GET', `/api/machineactions/${id}`)),
    history: async (id) =>
      succeeded<{ value: WireActionEvent[] }>(await call('GET', `/cordon/v1/machineactions/${id}/history`))
        .value,
    async state(machineId) {
      const state = succeeded<WireMachineState>(await call('GET', `/cordon/v1/machines/${machineId}`));
      const control = state.controls[0];
      assert.ok(control, 'nothing was ever asked of the machine');
      return { ...state, control };
    },
    async until(look) {
      const end = performance.now() + 10_000;
      for (;;) {
        const found = await look();
        if (found !== null && found !== false) return found;
        assert.ok(performance.now() < end, 'what was waited for did not come');
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
    async another() {
      servers.push(await start(real));
      return servers.at(-1)!;
    },
    keepSecret: (text) => void secrets.add(text),
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((one) => one.close()));
      await real[Symbol.asyncDispose]();
      await assert.rejects(fetch(`${url}/healthz`), 'the server still answers after it was closed');
      for (const text of [...secrets, 'comment of the test', 'cancelled by the test']) {
        assert.ok(!inLog(text), `the log holds what it must not: ${text}`);
      }
      if (options.expectsFaults === true) return;
      const failures = lines.filter((line) => (JSON.parse(line) as { level: number }).level >= 50);
      assert.deepEqual(failures, [], 'the server had a fault');
    },
  };
  Object.assign(world, { full: await application(APPLICATION_PERMISSIONS, { name: 'soar-connector' }) });
  return world;
}

/** Hashing a password takes long on purpose; all users of all worlds share one. */
let hashed: Promise<string> | null = null;
function hashedPassword(): Promise<string> {
  hashed ??= hashPassword(PASSWORD, (length) => randomBytes(length));
  return hashed;
}
