/** Cordon as `serve` composes it, on a SQLite file or a PostgreSQL database, 10,000 machines, and a high limit that is counted. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Machine } from '../../src/domain/machine.ts';
import { startServer } from '../../src/server/server.ts';
import { SYSTEM_TIME } from '../../src/server/time-source.ts';
import { hashOfEnrolmentToken } from '../../src/service/devices/enrolment.ts';
import type { Store } from '../../src/store/port.ts';
import { openPostgresStore } from '../../src/store/postgres/index.ts';
import { WRITER_THREAD } from '../../src/store/sqlite/file.ts';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { threadTimes } from './threads.ts';

/** A directory, or the address of a database. */
const [place, machines] = [process.argv[2]!, Number(process.argv[3])];
const TENANT = '44444444-4444-4444-8444-444444444444';
const APPLICATION = { id: '55555555-5555-4555-8555-555555555555', secret: 'bench-secret' };

const store = place.startsWith('postgres:')
  ? await openPostgresStore(place)
  : await openSqliteStore({ path: join(place, 'cordon.db'), pid: process.pid });
const server = await startServer({
  store,
  logger: pino({ level: 'warn' }, pino.destination(2)),
  listen: { host: '127.0.0.1', port: 0 },
  publicUrl: null,
  tls: null,
  strictTransport: false,
  trustProxy: [],
  webhookAllow: [],
  rateLimit: { perMinute: 100_000_000, perHour: 1_000_000_000 },
  external: [],
  timeouts: () => ({ pending: 86_400_000, progress: 3_600_000 }),
  sweepEvery: 1000,
  serverKeyAge: null,
  passwordGrant: false,
  acceptsDriver: () => true,
  newMachineId: machineId,
  enrolledMillisecondsAgo: 0,
  allowsHost: null,
  time: SYSTEM_TIME,
});

function machineId(name: string): string {
  return createHash('sha1').update(name).digest('hex');
}

async function enrolAll(): Promise<string[]> {
  const at = server.clock.now();
  const publicKey = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x!;
  await store.createTenant({ id: TENANT, name: 'bench', createdAt: at });
  await server.services.applications.create({
    tenantId: TENANT,
    displayName: 'bench',
    permissions: ['Machine.RestrictExecution', 'Machine.Read.All'],
    secretDays: null,
    given: APPLICATION,
  });
  await store.createEnrolmentToken({
    tenantId: TENANT,
    id: TENANT,
    hash: hashOfEnrolmentToken('bench'),
    groupId: null,
    machineId: null,
    usesLeft: machines,
    expiresAt: '9999-01-01T00:00:00.0000000Z',
    createdAt: at,
    createdBy: 'bench',
    revokedAt: null,
  });
  const names = Array.from(
    { length: machines },
    (_, index) => `bench-${String(index).padStart(5, '0')}.cordon.test`,
  );
  await Promise.all(
    names.map((name) => {
      const id = machineId(name);
      const device = {
        tenantId: TENANT,
        machineId: id,
        publicKey,
        enrolledAt: at,
        lastSequence: 0,
        epoch: '',
        serverKeyId: '',
      };
      return store.enrol({ tokenId: TENANT, machine: machine(id, name, at), device, at });
    }),
  );
  return names.map(machineId);
}

function machine(id: string, name: string, at: string): Machine {
  return {
    tenantId: TENANT,
    id,
    mergedIntoMachineId: null,
    isPotentialDuplication: false,
    isExcluded: false,
    exclusionReason: null,
    computerDnsName: name,
    firstSeen: at,
    lastSeen: at,
    osPlatform: 'Windows11',
    osVersion: null,
    osProcessor: 'x64',
    osArchitecture: '64-bit',
    version: '23H2',
    osBuild: 22_631,
    agentVersion: 'bench',
    lastIpAddress: '10.0.0.1',
    lastExternalIpAddress: null,
    healthStatus: 'Active',
    onboardingStatus: 'Onboarded',
    deviceValue: 'Normal',
    riskScore: 'None',
    exposureLevel: 'None',
    groupId: 0,
    groupName: null,
    groupPinned: false,
    isAadJoined: false,
    aadDeviceId: null,
    managedBy: 'Unknown',
    managedByStatus: 'Unknown',
    addresses: [],
    tags: [],
    drivers: [{ control: 'codeExecution', driver: 'simulated', version: null }],
    hardwareFingerprint: id,
  };
}

/** Units that are given to the store at once between rounds: about as many as calls are under way in a round. */
const SLICE = 128;

/** Cancels every active action by the store's own statements, so that each call of the next round meets an idle machine. */
async function idle(target: Store, ids: readonly string[]): Promise<void> {
  for (let first = 0; first < ids.length; first += SLICE) {
    await Promise.all(ids.slice(first, first + SLICE).map((id) => release(target, id)));
  }
}

async function release(target: Store, id: string): Promise<void> {
  const action = await target.activeAction(TENANT, id, 'codeExecution');
  if (action === null) return;
  const at = server.clock.now();
  await target.advanceAction({
    tenantId: TENANT,
    actionId: action.id,
    machineId: id,
    control: 'codeExecution',
    fromRevision: action.revision,
    status: 'Cancelled',
    at,
    deadline: null,
    cancellation: { requestor: 'bench', comment: null },
    errorHResult: 0,
    desired: { mode: 'unmanaged', actionId: null, releaseAt: null },
    observed: null,
    event: {
      tenantId: TENANT,
      actionId: action.id,
      revision: action.revision + 1,
      at,
      status: 'Cancelled',
      actor: { kind: 'server', id: 'bench', name: 'bench' },
      cause: 'between rounds',
      evidence: null,
    },
  });
}

async function accessToken(): Promise<string> {
  const response = await fetch(`${server.localUrl}/${TENANT}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: APPLICATION.id,
      client_secret: APPLICATION.secret,
      scope: 'https://api.securitycenter.microsoft.com/.default',
    }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

const ids = await enrolAll();
process.on('message', (message) => {
  if (message === 'usage') process.send!(threadTimes([WRITER_THREAD]));
  if (message === 'exit')
    void server
      .close()
      .then(() => store[Symbol.asyncDispose]())
      .then(() => process.exit());
  if (message === 'idle') void idle(store, ids).then(() => process.send!('idle'));
});
process.send!({ port: Number(new URL(server.localUrl).port), token: await accessToken(), ids });
