/** Records for tests: whole, valid, and different in what the test says. */

import { type Instant, instantFrom } from '../../src/contract/time.ts';
import type {
  Application,
  ApplicationSecret,
  Device,
  EnrolmentToken,
  MachineGroup,
  Role,
  ServerKey,
  Tenant,
} from '../../src/domain/access-records.ts';
import type { ActionEvent, MachineAction } from '../../src/domain/action.ts';
import type { Machine } from '../../src/domain/machine.ts';
import type { Query } from '../../src/domain/query.ts';
import type { ActionRequest, Observed, Store, Transition } from '../../src/store/port.ts';

export const TENANT = '11111111-1111-4111-8111-111111111111';
export const OTHER_TENANT = '99999999-9999-4999-8999-999999999999';

/** Where the tests' time begins: 2 March 2026, 09:00 UTC. */
export const EPOCH = Date.UTC(2026, 2, 2, 9);

/** The instant so many seconds after {@link EPOCH}. */
export const at = (seconds: number): Instant => instantFrom(EPOCH + Math.round(seconds * 1000));

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');

/** The machine id with a number. */
export const machineId = (number: number): string => `c0de${hex(number, 36)}`;
/** The action id with a number; ids grow with their numbers, as time-ordered ones do. */
export const actionId = (number: number): string => `${hex(number, 8)}-0000-7000-8000-000000000000`;

export const makeTenant = (change: Partial<Tenant> = {}): Tenant => ({
  id: TENANT,
  name: 'Test',
  createdAt: at(0),
  ...change,
});

export const makeMachine = (number: number, change: Partial<Machine> = {}): Machine => ({
  tenantId: TENANT,
  id: machineId(number),
  mergedIntoMachineId: null,
  isPotentialDuplication: false,
  isExcluded: false,
  exclusionReason: null,
  computerDnsName: `ws-${String(number).padStart(3, '0')}.cordon.test`,
  firstSeen: at(0),
  lastSeen: at(0),
  osPlatform: 'Linux',
  osVersion: null,
  osProcessor: 'x64',
  osArchitecture: '64-bit',
  version: '12',
  osBuild: null,
  agentVersion: '0.1.0',
  lastIpAddress: `10.0.${number >> 8}.${number & 255}`,
  lastExternalIpAddress: null,
  healthStatus: 'Active',
  onboardingStatus: 'Onboarded',
  deviceValue: 'Normal',
  riskScore: null,
  exposureLevel: null,
  groupId: 0,
  groupName: null,
  groupPinned: false,
  isAadJoined: false,
  aadDeviceId: null,
  managedBy: 'Unknown',
  managedByStatus: 'Unknown',
  addresses: [
    {
      ipAddress: `10.0.${number >> 8}.${number & 255}`,
      macAddress: '02005E100001',
      type: 'Ethernet',
      operationalStatus: 'Up',
    },
  ],
  tags: [],
  drivers: [{ control: 'codeExecution', driver: 'simulated', version: null }],
  hardwareFingerprint: null,
  ...change,
});

export const makeDevice = (machine: Machine, change: Partial<Device> = {}): Device => ({
  tenantId: machine.tenantId,
  machineId: machine.id,
  publicKey: `key-of-${machine.id}`,
  enrolledAt: machine.firstSeen,
  lastSequence: 0,
  epoch: '',
  serverKeyId: 'server-key-1',
  ...change,
});

export const makeToken = (change: Partial<EnrolmentToken> = {}): EnrolmentToken => ({
  tenantId: TENANT,
  id: 'token-1',
  hash: `hash-of-${change.id ?? 'token-1'}`,
  groupId: null,
  machineId: null,
  usesLeft: 1,
  expiresAt: at(3600),
  createdAt: at(0),
  createdBy: 'test',
  revokedAt: null,
  ...change,
});

export const makeAction = (
  number: number,
  machine: Machine,
  change: Partial<MachineAction> = {},
): MachineAction => ({
  tenantId: machine.tenantId,
  id: actionId(number),
  type: 'RestrictCodeExecution',
  control: 'codeExecution',
  machineId: machine.id,
  computerDnsName: machine.computerDnsName,
  requestor: 'ana@cordon.test',
  requestorComment: `comment ${number}`,
  status: 'Pending',
  createdAt: at(number),
  updatedAt: at(number),
  cancellationRequestor: null,
  cancellationComment: null,
  cancelledAt: null,
  errorHResult: 0,
  externalId: null,
  requestSource: 'PublicApi',
  generation: 0,
  modeBefore: 'unmanaged',
  actionBefore: null,
  releaseAt: null,
  releaseBefore: null,
  releaseOf: null,
  deadline: at(number + 3600),
  revision: 1,
  ...change,
});

export const makeEvent = (action: MachineAction, change: Partial<ActionEvent> = {}): ActionEvent => ({
  tenantId: action.tenantId,
  actionId: action.id,
  revision: action.revision,
  at: action.updatedAt,
  status: action.status,
  actor: { kind: 'user', id: action.requestor, name: 'Ana' },
  cause: 'requested',
  evidence: null,
  ...change,
});

export const makeRequest = (
  action: MachineAction,
  idempotency: ActionRequest['idempotency'] = null,
): ActionRequest => ({
  action,
  mode: action.type === 'RestrictCodeExecution' ? 'restricted' : 'unrestricted',
  event: makeEvent(action),
  idempotency,
});

/** A transition of the action as it stands; `seconds` is its time. */
export const makeTransition = (
  action: MachineAction,
  status: MachineAction['status'],
  seconds: number,
  change: Partial<Transition> = {},
): Transition => ({
  tenantId: action.tenantId,
  actionId: action.id,
  machineId: action.machineId,
  control: action.control,
  fromRevision: action.revision,
  status,
  at: at(seconds),
  deadline: status === 'InProgress' ? at(seconds + 3600) : null,
  cancellation: null,
  errorHResult: 0,
  desired: null,
  observed: null,
  event: makeEvent(action, { revision: action.revision + 1, at: at(seconds), status, cause: 'test' }),
  ...change,
});

export const makeObserved = (generation: number, change: Partial<Observed> = {}): Observed => ({
  generation,
  mode: 'restricted',
  proven: true,
  drifted: false,
  at: at(generation),
  evidence: {
    driver: 'simulated',
    driverVersion: null,
    checks: [{ name: 'untrusted program', expected: 'refused', observed: 'refused', passed: true }],
    took: { verify: 3 },
    notes: [],
  },
  ...change,
});

export const makeApplication = (change: Partial<Application> = {}): Application => ({
  tenantId: TENANT,
  id: '22222222-2222-4222-8222-222222222222',
  displayName: 'playbook',
  permissions: ['Machine.RestrictExecution'],
  createdAt: at(0),
  revokedAt: null,
  ...change,
});

export const makeSecret = (change: Partial<ApplicationSecret> = {}): ApplicationSecret => ({
  tenantId: TENANT,
  applicationId: '22222222-2222-4222-8222-222222222222',
  id: 'secret-1',
  hash: 'hash-1',
  expiresAt: null,
  createdAt: at(0),
  ...change,
});

export const makeRole = (change: Partial<Role> = {}): Role => ({
  tenantId: TENANT,
  id: 'role-1',
  name: 'Responders',
  permissions: ['View data', 'Active remediation actions'],
  principals: [],
  createdAt: at(0),
  ...change,
});

export const makeGroup = (change: Partial<MachineGroup> = {}): Omit<MachineGroup, 'id'> => ({
  tenantId: TENANT,
  name: 'workstations',
  rank: 1,
  rules: [{ property: 'name', operator: 'startsWith', values: ['ws-'] }],
  principals: [],
  createdAt: at(0),
  ...change,
});

export const makeKey = (change: Partial<ServerKey> = {}): ServerKey => ({
  id: 'key-1',
  purpose: 'token',
  material: '{}',
  createdAt: at(0),
  activeFrom: at(0),
  retiredAt: null,
  ...change,
});

export const makeQuery = (change: Partial<Query> = {}): Query => ({
  filter: null,
  orderBy: [],
  top: 100,
  topGiven: true,
  skip: 0,
  select: null,
  count: false,
  after: null,
  ...change,
});

/** Enrols machines under one token, creating their tenants where they are missing. */
export async function enrolMachines(store: Store, machines: readonly Machine[]): Promise<void> {
  for (const tenantId of new Set(machines.map((machine) => machine.tenantId))) {
    const own = machines.filter((machine) => machine.tenantId === tenantId);
    await store.createTenant(makeTenant({ id: tenantId }));
    const tokenId = `fleet-${tenantId}-${own[0]?.id}`;
    await store.createEnrolmentToken(makeToken({ tenantId, id: tokenId, usesLeft: own.length }));
    // In parts, since a store lets only so many writers wait.
    for (let start = 0; start < own.length; start += 1000) {
      const part = own.slice(start, start + 1000);
      await Promise.all(
        part.map((machine) => store.enrol({ tokenId, machine, device: makeDevice(machine), at: at(0) })),
      );
    }
  }
}

/** Requests an action that must be accepted; the action as the store numbered it. */
export async function mustRequest(store: Store, action: MachineAction): Promise<MachineAction> {
  const requested = await store.requestAction(makeRequest(action));
  if (requested.outcome !== 'created') throw new Error(`the request was answered ${requested.outcome}`);
  return requested.action;
}
