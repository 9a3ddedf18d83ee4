import { type TSchema, Type } from 'typebox';
import {
  APPLICATION_BODIES,
  ENROLMENT_TOKEN_BODY,
  GROUP_BODIES,
  ROLE_BODIES,
  SERVER_KEY_BODY,
} from './cordon.ts';
import type { Requirement } from './permissions.ts';
import { webhookOperations } from './webhook-operations.ts';

/** Calls per window that one application of one tenant may make of one operation (reference, section 7). */
export interface RateLimit {
  readonly perMinute: number;
  readonly perHour: number;
}

/** One operation of the API: all that is known about it stands here. */
export interface Operation {
  /** Name of the handler's file and of the operation in logs and metrics. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `vendor` is served under `/api` and `/api/v1.0`, `cordon` under `/cordon/v1`. */
  readonly base: 'vendor' | 'cordon';
  /** Path below the base, with `:name` for parameters; matched in any letter case. */
  readonly path: string;
  readonly summary: string;
  readonly requirement: Requirement;
  readonly limit: RateLimit | null;
  readonly success: 200 | 201 | 204;
  /** Schema of the JSON body; null when the operation takes none. */
  readonly body: TSchema | null;
}

const VENDOR_LIMIT: RateLimit = { perMinute: 100, perHour: 1500 };

/** Comments are at most this many characters (design, part 4). */
export const COMMENT_MAXIMUM = 4000;
/** Tags are at most this many characters, as the vendor's registry key allows (reference, section 5.2). */
export const TAG_MAXIMUM = 200;

const READ_MACHINES: Requirement = {
  application: ['Machine.Read.All', 'Machine.ReadWrite.All'],
  delegated: ['Machine.Read', 'Machine.ReadWrite'],
  role: 'View data',
};
const RESTRICT: Requirement = {
  application: ['Machine.RestrictExecution'],
  delegated: ['Machine.RestrictExecution'],
  role: 'Active remediation actions',
};
/** Any permission for an action lets cancel one, and each has one name for both kinds of caller. */
const ANY_ACTION = [
  'Machine.CollectForensics',
  'Machine.Isolate',
  'Machine.RestrictExecution',
  'Machine.Scan',
  'Machine.Offboard',
  'Machine.StopAndQuarantine',
  'Machine.LiveResponse',
] as const;
const CANCEL: Requirement = {
  application: ANY_ACTION,
  delegated: ANY_ACTION,
  role: 'Active remediation actions',
};
const CHANGE_TAGS: Requirement = {
  application: ['Machine.ReadWrite.All'],
  delegated: ['Machine.ReadWrite'],
  role: 'Manage security settings',
};
const READ_ALERTS: Requirement = {
  application: ['Alert.Read.All', 'Alert.ReadWrite.All'],
  delegated: ['Alert.Read', 'Alert.ReadWrite'],
  role: 'View data',
};
const MANAGE: Requirement = {
  application: ['Cordon.Manage.All'],
  delegated: ['Cordon.Manage.All'],
  role: 'Manage portal system settings',
};
const ENROL: Requirement = {
  application: ['Cordon.Enrol.All', 'Cordon.Manage.All'],
  delegated: ['Cordon.Enrol.All', 'Cordon.Manage.All'],
  role: 'Manage security settings',
};
const AUDIT: Requirement = {
  application: ['Machine.Read.All', 'Machine.ReadWrite.All', 'Cordon.Audit.Read.All'],
  delegated: ['Machine.Read', 'Machine.ReadWrite', 'Cordon.Audit.Read.All'],
  role: 'View data',
};

/** The whole history at once, whoever asked for what. */
const EXPORT: Requirement = {
  application: ['Cordon.Audit.Read.All'],
  delegated: ['Cordon.Audit.Read.All'],
  role: 'View data',
};

const closed = { additionalProperties: false } as const;

/** Body of an action on a machine. `ExternalId` is the customer's own correlation id. */
export const ACTION_BODY = Type.Object(
  {
    Comment: Type.String(),
    ExternalId: Type.Optional(Type.Union([Type.String({ maxLength: 255 }), Type.Null()])),
  },
  closed,
);
/** Body of a cancellation, whose comment may be left out (decision 0008). */
export const CANCEL_BODY = Type.Object(
  { Comment: Type.Optional(Type.Union([Type.String(), Type.Null()])) },
  closed,
);
/** The same with a time after which the machine is released: an ISO 8601 duration from `PT1M` to `P90D`. */
export const TIMED_ACTION_BODY = Type.Object(
  {
    ...ACTION_BODY.properties,
    ReleaseAfter: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  },
  closed,
);
export const TAG_BODY = Type.Object(
  { Value: Type.String(), Action: Type.Union([Type.Literal('Add'), Type.Literal('Remove')]) },
  closed,
);

/** Makes the row of an operation that is ours. */
export type OwnOperation = (
  id: string,
  method: Operation['method'],
  path: string,
  summary: string,
  requirement: Requirement,
  rest?: Partial<Operation>,
) => Operation;

const vendor = (
  id: string,
  method: Operation['method'],
  path: string,
  summary: string,
  requirement: Requirement,
  rest: Partial<Operation> = {},
): Operation => ({
  id,
  method,
  base: 'vendor',
  path,
  summary,
  requirement,
  limit: VENDOR_LIMIT,
  success: 200,
  body: null,
  ...rest,
});

const cordon: OwnOperation = (id, method, path, summary, requirement, rest = {}) => ({
  id,
  method,
  base: 'cordon',
  path,
  summary,
  requirement,
  limit: null,
  success: 200,
  body: null,
  ...rest,
});

export const OPERATIONS = {
  restrictCodeExecution: vendor(
    'restrictCodeExecution',
    'POST',
    '/machines/:id/restrictCodeExecution',
    'Let the machine run only trusted software',
    RESTRICT,
    { success: 201, body: ACTION_BODY },
  ),
  unrestrictCodeExecution: vendor(
    'unrestrictCodeExecution',
    'POST',
    '/machines/:id/unrestrictCodeExecution',
    'Let the machine run any application again',
    RESTRICT,
    { success: 201, body: ACTION_BODY },
  ),
  listMachineActions: vendor(
    'listMachineActions',
    'GET',
    '/machineactions',
    'List machine actions',
    READ_MACHINES,
  ),
  getMachineAction: vendor(
    'getMachineAction',
    'GET',
    '/machineactions/:id',
    'Get one machine action',
    READ_MACHINES,
  ),
  countMachineActions: vendor(
    'countMachineActions',
    'GET',
    '/machineactions/$count',
    'Count machine actions; a bare number',
    READ_MACHINES,
  ),
  cancelMachineAction: vendor(
    'cancelMachineAction',
    'POST',
    '/machineactions/:id/cancel',
    'Cancel an action that is not final',
    CANCEL,
    { body: CANCEL_BODY },
  ),
  listMachines: vendor('listMachines', 'GET', '/machines', 'List machines', READ_MACHINES),
  countMachines: vendor(
    'countMachines',
    'GET',
    '/machines/$count',
    'Count machines; a bare number',
    READ_MACHINES,
  ),
  getMachine: vendor('getMachine', 'GET', '/machines/:id', 'Get one machine', READ_MACHINES),
  listActionsOfMachine: vendor(
    'listActionsOfMachine',
    'GET',
    '/machines/:id/machineactions',
    'List the actions of one machine',
    READ_MACHINES,
  ),
  countActionsOfMachine: vendor(
    'countActionsOfMachine',
    'GET',
    '/machines/:id/machineactions/$count',
    'Count the actions of one machine; a bare number',
    READ_MACHINES,
  ),
  findMachinesByIp: vendor(
    'findMachinesByIp',
    'GET',
    '/machines/findbyip(:arguments)',
    'Find machines by an address they had within 15 minutes of a time',
    READ_MACHINES,
  ),
  findMachinesByTag: vendor(
    'findMachinesByTag',
    'GET',
    '/machines/findbytag',
    'Find machines by a tag',
    READ_MACHINES,
  ),
  changeMachineTags: vendor(
    'changeMachineTags',
    'POST',
    '/machines/:id/tags',
    'Add or remove a tag',
    CHANGE_TAGS,
    { body: TAG_BODY },
  ),
  listAlerts: vendor(
    'listAlerts',
    'GET',
    '/alerts',
    'List alerts; always empty, for connection tests',
    READ_ALERTS,
  ),

  listMachineStates: cordon(
    'listMachineStates',
    'GET',
    '/machines',
    'List machines with what is wanted of and observed on each control',
    READ_MACHINES,
  ),
  getMachineState: cordon(
    'getMachineState',
    'GET',
    '/machines/:id',
    'Get one machine with its controls and the last evidence',
    READ_MACHINES,
  ),
  timedRestrictCodeExecution: cordon(
    'timedRestrictCodeExecution',
    'POST',
    '/machines/:id/restrictCodeExecution',
    'Let the machine run only trusted software until a time has passed',
    RESTRICT,
    { success: 201, limit: VENDOR_LIMIT, body: TIMED_ACTION_BODY },
  ),
  getActionState: cordon(
    'getActionState',
    'GET',
    '/machineactions/:id',
    'Get one machine action with its timed release',
    READ_MACHINES,
  ),
  getActionHistory: cordon(
    'getActionHistory',
    'GET',
    '/machineactions/:id/history',
    'Get who did what to an action, with evidence',
    AUDIT,
  ),
  exportActions: cordon(
    'exportActions',
    'GET',
    '/machineactions',
    'List machine actions with the history of each, for an archive',
    EXPORT,
  ),
  listApplications: cordon('listApplications', 'GET', '/applications', 'List applications', MANAGE),
  createApplication: cordon(
    'createApplication',
    'POST',
    '/applications',
    'Create an application; its secret is shown once',
    MANAGE,
    { success: 201, body: APPLICATION_BODIES.create },
  ),
  changeApplication: cordon(
    'changeApplication',
    'PATCH',
    '/applications/:id',
    'Replace the permissions of an application',
    MANAGE,
    { body: APPLICATION_BODIES.change },
  ),
  revokeApplication: cordon(
    'revokeApplication',
    'DELETE',
    '/applications/:id',
    'Revoke an application and its tokens',
    MANAGE,
    { success: 204 },
  ),
  createApplicationSecret: cordon(
    'createApplicationSecret',
    'POST',
    '/applications/:id/secrets',
    'Add a secret; it is shown once',
    MANAGE,
    { success: 201, body: APPLICATION_BODIES.secret },
  ),
  removeApplicationSecret: cordon(
    'removeApplicationSecret',
    'DELETE',
    '/applications/:id/secrets/:secretId',
    'Remove a secret',
    MANAGE,
    { success: 204 },
  ),
  addApplicationKey: cordon(
    'addApplicationKey',
    'POST',
    '/applications/:id/keys',
    'Add a certificate or public key for client assertions',
    MANAGE,
    { success: 201, body: APPLICATION_BODIES.key },
  ),
  removeApplicationKey: cordon(
    'removeApplicationKey',
    'DELETE',
    '/applications/:id/keys/:keyId',
    'Remove a certificate or public key',
    MANAGE,
    { success: 204 },
  ),
  listRoles: cordon('listRoles', 'GET', '/roles', 'List roles', MANAGE),
  createRole: cordon('createRole', 'POST', '/roles', 'Create a role', MANAGE, {
    success: 201,
    body: ROLE_BODIES.create,
  }),
  deleteRole: cordon('deleteRole', 'DELETE', '/roles/:id', 'Delete a role', MANAGE, { success: 204 }),
  assignRole: cordon('assignRole', 'POST', '/roles/:id/principals', 'Assign a role', MANAGE, {
    body: ROLE_BODIES.assign,
  }),
  unassignRole: cordon(
    'unassignRole',
    'DELETE',
    '/roles/:id/principals/:principal',
    'Take a role away',
    MANAGE,
    { success: 204 },
  ),
  listGroups: cordon('listGroups', 'GET', '/groups', 'List device groups by rank', MANAGE),
  createGroup: cordon('createGroup', 'POST', '/groups', 'Create a device group', MANAGE, {
    success: 201,
    body: GROUP_BODIES.create,
  }),
  deleteGroup: cordon('deleteGroup', 'DELETE', '/groups/:id', 'Delete a device group', MANAGE, {
    success: 204,
  }),
  assignGroup: cordon('assignGroup', 'POST', '/groups/:id/principals', 'Let a user see a group', MANAGE, {
    body: GROUP_BODIES.assign,
  }),
  unassignGroup: cordon(
    'unassignGroup',
    'DELETE',
    '/groups/:id/principals/:principal',
    'Take the sight of a group away',
    MANAGE,
    { success: 204 },
  ),
  placeMachine: cordon(
    'placeMachine',
    'POST',
    '/groups/:id/machines',
    'Put a machine into a group, whatever the rules say',
    MANAGE,
    { body: GROUP_BODIES.place },
  ),
  listEnrolmentTokens: cordon(
    'listEnrolmentTokens',
    'GET',
    '/enrolmenttokens',
    'List enrolment tokens',
    ENROL,
  ),
  createEnrolmentToken: cordon(
    'createEnrolmentToken',
    'POST',
    '/enrolmenttokens',
    'Create an enrolment token; it is shown once',
    ENROL,
    { success: 201, body: ENROLMENT_TOKEN_BODY },
  ),
  revokeEnrolmentToken: cordon(
    'revokeEnrolmentToken',
    'DELETE',
    '/enrolmenttokens/:id',
    'Revoke an enrolment token',
    ENROL,
    { success: 204 },
  ),
  listServerKeys: cordon('listServerKeys', 'GET', '/serverkeys', 'List the keys that devices pin', MANAGE),
  rotateServerKey: cordon(
    'rotateServerKey',
    'POST',
    '/serverkeys',
    'Make a key that all devices move to',
    MANAGE,
    { success: 201, body: SERVER_KEY_BODY },
  ),
  listMachinesOfServerKey: cordon(
    'listMachinesOfServerKey',
    'GET',
    '/serverkeys/:id/machines',
    'List the machines that have pinned a key',
    MANAGE,
  ),
  revokeServerKey: cordon(
    'revokeServerKey',
    'DELETE',
    '/serverkeys/:id',
    'End a key at once; machines that have it pinned must be enrolled again',
    MANAGE,
    { success: 204 },
  ),
  ...webhookOperations(cordon, MANAGE),
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof OPERATIONS;
