/**
 * What operations answer, as schemas. A schema with a `title` is a component of the API's description under that name.
 * Rows of the operation table put them into an answer with the helpers of `reply.ts`.
 */
import { type TSchema, Type } from 'typebox';
import type {
  WireActionEvent,
  WireApplication,
  WireControl,
  WireEnrolmentToken,
  WireGroup,
  WirePinningMachine,
  WireRole,
  WireServerKey,
} from './cordon.ts';
import type { DriverFacts, Evidence } from './device.ts';
import { entitySchema } from './entity-schema.ts';
import {
  ACTION_EXAMPLE,
  APPLICATION_EXAMPLE,
  CONTROL_EXAMPLE,
  EVENT_EXAMPLE,
  MACHINE_EXAMPLE,
} from './examples.ts';
import { MACHINE } from './machine.ts';
import { ACTION_STATUSES, MACHINE_ACTION } from './machine-action.ts';
import { as } from './reply.ts';

export const text = (description: string) => Type.String({ description });
export const id = Type.String({ format: 'uuid' });
export const time = (description: string) => Type.String({ format: 'date-time', description });
const machineId = Type.String({ pattern: '^[0-9a-f]{40}$' });
export const among = <const T extends string[]>(values: readonly [...T], description: string) =>
  Type.Enum(values, { type: 'string', description });
export const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const control = among(['codeExecution'], 'What is switched.');
const mode = among(['unmanaged', 'restricted', 'unrestricted'], '`unmanaged`: nothing was ever asked of it.');
const created = time('When it was made.');
const names = (description: string) => Type.Array(Type.String(), { description });

export const MACHINE_SCHEMA = entitySchema(MACHINE, 'Machine', 'A machine.', MACHINE_EXAMPLE);
export const ACTION_SCHEMA = entitySchema(
  MACHINE_ACTION,
  'MachineAction',
  'An action on a machine.',
  ACTION_EXAMPLE,
);

const CHECK = Type.Object(
  {
    name: text('What was tried.'),
    expected: Type.String(),
    observed: Type.String(),
    passed: Type.Boolean(),
  },
  { title: 'Check', description: 'One check of a driver.' },
);

export const EVIDENCE = as<Evidence>()(
  Type.Object(
    {
      driver: text('The driver that verified the mode.'),
      driverVersion: orNull(text('Version of the enforcer, null when it has none.')),
      checks: Type.Array(CHECK),
      took: Type.Record(Type.String(), Type.Number(), { description: 'Milliseconds by phase.' }),
      notes: names('What a responder must know to read the proof rightly.'),
    },
    { title: 'Evidence', description: 'What a driver found when it verified a mode: the word of the agent.' },
  ),
);

const DRIVER = as<DriverFacts>()(
  Type.Object(
    {
      control,
      driver: Type.String(),
      version: orNull(Type.String()),
      readiness: Type.Optional(
        Type.Object({
          state: among(['preparing', 'ready', 'unable'], 'Whether a restriction could begin without delay.'),
          detail: text('One sentence for a person.'),
        }),
      ),
    },
    { title: 'Driver', description: 'A driver as its device tells of it.' },
  ),
);

export const CONTROL = as<WireControl>()(
  Type.Object(
    {
      control,
      mode,
      assurance: among(
        ['unmanaged', 'proven', 'changing', 'unproven', 'drifted'],
        'Whether the mode is a proven fact.',
      ),
      generation: Type.Integer({ minimum: 0, description: 'Raised by each change of the mode.' }),
      actionId: orNull(id),
      observedMode: orNull(mode),
      observedAt: orNull(time('When the device observed it.')),
      releaseAt: orNull(time('When the server releases it by itself; null where only a person does.')),
      evidence: orNull(EVIDENCE),
    },
    {
      title: 'Control',
      description: 'What is wanted of a control of a machine, and what was observed.',
      examples: [CONTROL_EXAMPLE],
    },
  ),
);

export const MACHINE_STATE = entitySchema(
  MACHINE,
  'MachineState',
  'A machine with its controls.',
  { ...MACHINE_EXAMPLE, groupPlaced: false, drivers: [], controls: [CONTROL_EXAMPLE] },
  {
    groupPlaced: Type.Boolean({
      description:
        'Whether the machine was put into its group by hand, or by its enrolment token: rules do not move it.',
    }),
    drivers: Type.Array(DRIVER),
    controls: Type.Array(CONTROL),
  },
);

export const ACTION_STATE = entitySchema(
  MACHINE_ACTION,
  'MachineActionState',
  'An action with its timed release.',
  { ...ACTION_EXAMPLE, releaseAt: null, releaseStands: false, releaseOf: null },
  {
    releaseAt: orNull(time('When the machine is to be released, as the request asked.')),
    releaseStands: Type.Boolean({ description: 'Whether that time is still to come.' }),
    releaseOf: orNull(id),
  },
);

export const REQUESTED_ACTION = Type.Object(
  {
    machine: text('As the request named it.'),
    status: Type.Integer({
      minimum: 200,
      maximum: 599,
      description: '201, or the status that a call for this machine alone would have had.',
    }),
    action: orNull(ACTION_STATE),
    error: orNull(Type.Object({ code: Type.String(), message: Type.String() })),
  },
  {
    title: 'RequestedAction',
    description: 'What came of one machine: the accepted action, or why it was refused.',
  },
);

export const EVENT = as<WireActionEvent>()(
  Type.Object(
    {
      revision: Type.Integer({ minimum: 1 }),
      at: time('When it happened.'),
      status: among(ACTION_STATUSES, 'Status of the action from then on.'),
      actor: Type.Object({ kind: Type.String(), id: Type.String(), name: Type.String() }),
      cause: text('Why.'),
      evidence: orNull(EVIDENCE),
    },
    {
      title: 'MachineActionEvent',
      description: 'One line of the history of an action.',
      examples: [EVENT_EXAMPLE],
    },
  ),
);

export const ACTION_RECORD = entitySchema(
  MACHINE_ACTION,
  'MachineActionRecord',
  'An action with all that happened to it.',
  { ...ACTION_EXAMPLE, history: [EVENT_EXAMPLE] },
  { history: Type.Array(EVENT) },
);

export const SECRET = Type.Object(
  { id, createdAt: created, expiresAt: orNull(time('Null for one that does not expire.')) },
  { title: 'ApplicationSecret', description: 'That there is a secret; never the secret.' },
);
export const SECRET_CREATED = Type.Object(
  { ...SECRET.properties, secret: text('The secret; no other answer has it.') },
  { title: 'ApplicationSecretCreated' },
);
export const KEY = Type.Object({ id, createdAt: created }, { title: 'ApplicationKey' });

export const APPLICATION = as<WireApplication>()(
  Type.Object(
    {
      id,
      displayName: Type.String(),
      permissions: names('Permissions that its tokens carry in `roles`.'),
      createdAt: created,
      revokedAt: orNull(time('When it was revoked.')),
      secrets: Type.Array(SECRET),
      keys: Type.Array(KEY),
    },
    { title: 'Application', examples: [APPLICATION_EXAMPLE] },
  ),
);
export const APPLICATION_CREATED = Type.Object(
  { ...APPLICATION.properties, tenantId: id, secret: text('The secret; no other answer has it.') },
  { title: 'ApplicationCreated' },
);

export const ROLE = as<WireRole>()(
  Type.Object(
    {
      id,
      name: Type.String(),
      permissions: names('What it grants.'),
      principals: names('Who has it.'),
      createdAt: created,
    },
    { title: 'Role' },
  ),
);

export const GROUP = as<WireGroup>()(
  Type.Object(
    {
      id: Type.Integer(),
      name: Type.String(),
      rank: Type.Integer({ description: 'A machine that fits several groups is in the one of lowest rank.' }),
      rules: Type.Array(
        Type.Object({ property: Type.String(), operator: Type.String(), values: Type.Array(Type.String()) }),
      ),
      principals: names('Users who see it; everybody does when there is none.'),
      createdAt: created,
    },
    { title: 'DeviceGroup' },
  ),
);

export const ENROLMENT_TOKEN = as<WireEnrolmentToken>()(
  Type.Object(
    {
      id,
      groupId: orNull(Type.Integer()),
      machineId: orNull(machineId),
      usesLeft: Type.Integer({ minimum: 0 }),
      expiresAt: time('When it ends.'),
      createdAt: created,
      createdBy: Type.String(),
      revokedAt: orNull(time('When it was revoked.')),
    },
    { title: 'EnrolmentToken' },
  ),
);
export const ENROLMENT_TOKEN_CREATED = Type.Object(
  { ...ENROLMENT_TOKEN.properties, token: text('The token; no other answer has it.') },
  { title: 'EnrolmentTokenCreated' },
);

export const SERVER_KEY = as<WireServerKey>()(
  Type.Object(
    {
      id: Type.String(),
      publicKey: text('Public half of the Ed25519 key, base64url.'),
      createdAt: created,
      retiredAt: orNull(time('When it ended.')),
      newest: Type.Boolean({ description: 'True for the one that devices move to.' }),
      machines: Type.Integer({ minimum: 0, description: 'Devices of all tenants that have it pinned.' }),
    },
    { title: 'ServerKey' },
  ),
);
export const PINNING_MACHINE = as<WirePinningMachine>()(
  Type.Object(
    { id: machineId, computerDnsName: Type.String(), lastSeen: time('When it was heard of last.') },
    { title: 'PinningMachine' },
  ),
);
