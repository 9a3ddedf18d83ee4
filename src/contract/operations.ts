import { ACTION_OPERATIONS } from './action-operations.ts';
import { CONSOLE_OPERATIONS } from './console-operations.ts';
import {
  APPLICATION_BODIES,
  ENROLMENT_TOKEN_BODY,
  GROUP_BODIES,
  ROLE_BODIES,
  SERVER_KEY_BODY,
} from './cordon.ts';
import { cordon, type Operation } from './operation.ts';
import {
  APPLICATION,
  APPLICATION_CREATED,
  ENROLMENT_TOKEN,
  ENROLMENT_TOKEN_CREATED,
  GROUP,
  KEY,
  PINNING_MACHINE,
  ROLE,
  SECRET_CREATED,
  SERVER_KEY,
} from './replies.ts';
import { list } from './reply.ts';
import { ENROL, MANAGE } from './requirements.ts';
import { VENDOR_OPERATIONS } from './vendor-operations.ts';
import { WEBHOOK_OPERATIONS } from './webhook-operations.ts';

/** Every operation of the API; those of administration stand here, all others in files of their own. */
export const OPERATIONS = {
  ...VENDOR_OPERATIONS,
  ...ACTION_OPERATIONS,
  ...WEBHOOK_OPERATIONS,
  ...CONSOLE_OPERATIONS,

  listApplications: cordon('listApplications', 'GET', '/applications', 'List applications', MANAGE, {
    reply: list(APPLICATION),
  }),
  createApplication: cordon(
    'createApplication',
    'POST',
    '/applications',
    'Create an application; its secret is shown once',
    MANAGE,
    {
      success: 201,
      body: APPLICATION_BODIES.create,
      reply: APPLICATION_CREATED,
      details: 'The answer has its secret, which no other answer has.',
    },
  ),
  changeApplication: cordon(
    'changeApplication',
    'PATCH',
    '/applications/:id',
    'Replace the permissions of an application',
    MANAGE,
    { body: APPLICATION_BODIES.change, reply: APPLICATION },
  ),
  revokeApplication: cordon(
    'revokeApplication',
    'DELETE',
    '/applications/:id',
    'Revoke an application and its tokens',
    MANAGE,
    { success: 204, reply: null },
  ),
  createApplicationSecret: cordon(
    'createApplicationSecret',
    'POST',
    '/applications/:id/secrets',
    'Add a secret; it is shown once',
    MANAGE,
    { success: 201, body: APPLICATION_BODIES.secret, reply: SECRET_CREATED },
  ),
  removeApplicationSecret: cordon(
    'removeApplicationSecret',
    'DELETE',
    '/applications/:id/secrets/:secretId',
    'Remove a secret',
    MANAGE,
    { success: 204, reply: null },
  ),
  addApplicationKey: cordon(
    'addApplicationKey',
    'POST',
    '/applications/:id/keys',
    'Add a certificate or public key for client assertions',
    MANAGE,
    { success: 201, body: APPLICATION_BODIES.key, reply: KEY },
  ),
  removeApplicationKey: cordon(
    'removeApplicationKey',
    'DELETE',
    '/applications/:id/keys/:keyId',
    'Remove a certificate or public key',
    MANAGE,
    { success: 204, reply: null },
  ),
  listRoles: cordon('listRoles', 'GET', '/roles', 'List roles', MANAGE, { reply: list(ROLE) }),
  createRole: cordon('createRole', 'POST', '/roles', 'Create a role', MANAGE, {
    success: 201,
    body: ROLE_BODIES.create,
    reply: ROLE,
  }),
  changeRole: cordon(
    'changeRole',
    'PATCH',
    '/roles/:id',
    'Change the name or the permissions of a role',
    MANAGE,
    {
      body: ROLE_BODIES.change,
      reply: ROLE,
    },
  ),
  deleteRole: cordon('deleteRole', 'DELETE', '/roles/:id', 'Delete a role', MANAGE, {
    success: 204,
    reply: null,
  }),
  assignRole: cordon('assignRole', 'POST', '/roles/:id/principals', 'Assign a role', MANAGE, {
    body: ROLE_BODIES.assign,
    reply: ROLE,
  }),
  unassignRole: cordon(
    'unassignRole',
    'DELETE',
    '/roles/:id/principals/:principal',
    'Take a role away',
    MANAGE,
    { success: 204, reply: null },
  ),
  listGroups: cordon('listGroups', 'GET', '/groups', 'List device groups by rank', MANAGE, {
    reply: list(GROUP),
  }),
  createGroup: cordon('createGroup', 'POST', '/groups', 'Create a device group', MANAGE, {
    success: 201,
    body: GROUP_BODIES.create,
    reply: GROUP,
  }),
  changeGroup: cordon(
    'changeGroup',
    'PATCH',
    '/groups/:id',
    'Change the name, the rules or the rank of a device group',
    MANAGE,
    {
      body: GROUP_BODIES.change,
      reply: GROUP,
      details:
        'Machines move at once to where the rules of all groups say, but for those that were put into a group.',
    },
  ),
  deleteGroup: cordon('deleteGroup', 'DELETE', '/groups/:id', 'Delete a device group', MANAGE, {
    success: 204,
    reply: null,
  }),
  assignGroup: cordon('assignGroup', 'POST', '/groups/:id/principals', 'Let a user see a group', MANAGE, {
    body: GROUP_BODIES.assign,
    reply: GROUP,
  }),
  unassignGroup: cordon(
    'unassignGroup',
    'DELETE',
    '/groups/:id/principals/:principal',
    'Take the sight of a group away',
    MANAGE,
    { success: 204, reply: null },
  ),
  placeMachine: cordon(
    'placeMachine',
    'POST',
    '/groups/:id/machines',
    'Put a machine into a group, whatever the rules say',
    MANAGE,
    { body: GROUP_BODIES.place, reply: GROUP },
  ),
  unplaceMachine: cordon(
    'unplaceMachine',
    'DELETE',
    '/groups/:id/machines/:machine',
    'Let the rules say again in which group a machine is',
    MANAGE,
    { success: 204, reply: null },
  ),
  listEnrolmentTokens: cordon(
    'listEnrolmentTokens',
    'GET',
    '/enrolmenttokens',
    'List enrolment tokens',
    ENROL,
    { reply: list(ENROLMENT_TOKEN) },
  ),
  createEnrolmentToken: cordon(
    'createEnrolmentToken',
    'POST',
    '/enrolmenttokens',
    'Create an enrolment token; it is shown once',
    ENROL,
    { success: 201, body: ENROLMENT_TOKEN_BODY, reply: ENROLMENT_TOKEN_CREATED },
  ),
  revokeEnrolmentToken: cordon(
    'revokeEnrolmentToken',
    'DELETE',
    '/enrolmenttokens/:id',
    'Revoke an enrolment token',
    ENROL,
    { success: 204, reply: null },
  ),
  listServerKeys: cordon('listServerKeys', 'GET', '/serverkeys', 'List the keys that devices pin', MANAGE, {
    reply: list(SERVER_KEY),
  }),
  rotateServerKey: cordon(
    'rotateServerKey',
    'POST',
    '/serverkeys',
    'Make a key that all devices move to',
    MANAGE,
    {
      success: 201,
      body: SERVER_KEY_BODY,
      reply: SERVER_KEY,
      details: 'Devices move to it by themselves, under the signature of the key that they have pinned.',
    },
  ),
  listMachinesOfServerKey: cordon(
    'listMachinesOfServerKey',
    'GET',
    '/serverkeys/:id/machines',
    'List the machines that have pinned a key',
    MANAGE,
    { reply: list(PINNING_MACHINE) },
  ),
  revokeServerKey: cordon(
    'revokeServerKey',
    'DELETE',
    '/serverkeys/:id',
    'End a key at once; machines that have it pinned must be enrolled again',
    MANAGE,
    { success: 204, reply: null },
  ),
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof OPERATIONS;
