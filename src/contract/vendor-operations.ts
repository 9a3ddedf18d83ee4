/** The vendor's operations that Cordon serves (reference, sections 2 and 5). */
import { Type } from 'typebox';
import { type Operation, vendor } from './operation.ts';
import { BY_TAG, FILTER_ONLY, IDEMPOTENT, ODATA } from './parameters.ts';
import { ACTION_SCHEMA, MACHINE_SCHEMA } from './replies.ts';
import { collection, entity, NUMBER } from './reply.ts';
import { CANCEL, CHANGE_TAGS, READ_ALERTS, READ_MACHINES, RESTRICT } from './requirements.ts';

/** Comments are at most this many characters (design, part 4). */
export const COMMENT_MAXIMUM = 4000;
/** Tags are at most this many characters, as the vendor's registry key allows (reference, section 5.2). */
export const TAG_MAXIMUM = 200;

const closed = (title: string) => ({ title, additionalProperties: false });

/** Body of an action on a machine. `ExternalId` is the customer's own correlation id. */
export const ACTION_BODY = Type.Object(
  {
    Comment: Type.String({
      description: 'Why: 1 to 4,000 characters.',
      examples: ['ticket 8841: host rebuilt'],
    }),
    ExternalId: Type.Optional(Type.Union([Type.String({ maxLength: 255 }), Type.Null()])),
  },
  closed('ActionRequest'),
);
/** Body of a cancellation, whose comment may be left out (decision 0008). */
export const CANCEL_BODY = Type.Object(
  { Comment: Type.Optional(Type.Union([Type.String(), Type.Null()])) },
  closed('CancelRequest'),
);
export const TAG_BODY = Type.Object(
  { Value: Type.String(), Action: Type.Union([Type.Literal('Add'), Type.Literal('Remove')]) },
  closed('TagRequest'),
);

const ACTIONS = collection('MachineActionCollection', ACTION_SCHEMA);
const MACHINES = collection('MachineCollection', MACHINE_SCHEMA);
/** Cordon raises none. */
const NO_ALERT = Type.Object({});

const EFFECT =
  'Carried out on Linux and by simulated devices; a machine without a driver is refused with `OsPlatformNotSupported`. `ExternalId` and `Idempotency-Key` are taken besides.';
const MACHINE = 'A rating that nothing makes, such as `riskScore`, is null.';
const QUERY =
  '`$orderby`, `$select` and `$count` are taken besides what the vendor documents. `$expand`, `$search` and `$apply` are refused with `ODataError`.';

export const VENDOR_OPERATIONS = {
  restrictCodeExecution: vendor(
    'restrictCodeExecution',
    'POST',
    '/machines/:id/restrictCodeExecution',
    'Let the machine run only trusted software',
    RESTRICT,
    {
      success: 201,
      body: ACTION_BODY,
      differs: EFFECT,
      reply: entity(ACTION_SCHEMA),
      parameters: IDEMPOTENT,
      details: 'Accepted, not yet done: the action is `Pending` and is followed with `getMachineAction`.',
    },
  ),
  unrestrictCodeExecution: vendor(
    'unrestrictCodeExecution',
    'POST',
    '/machines/:id/unrestrictCodeExecution',
    'Let the machine run any application again',
    RESTRICT,
    {
      success: 201,
      body: ACTION_BODY,
      differs: EFFECT,
      reply: entity(ACTION_SCHEMA),
      parameters: IDEMPOTENT,
      details: 'Accepted, not yet done: the action is `Pending` and is followed with `getMachineAction`.',
    },
  ),
  listMachineActions: vendor(
    'listMachineActions',
    'GET',
    '/machineactions',
    'List machine actions',
    READ_MACHINES,
    { differs: QUERY, reply: ACTIONS, parameters: ODATA },
  ),
  getMachineAction: vendor(
    'getMachineAction',
    'GET',
    '/machineactions/:id',
    'Get one machine action',
    READ_MACHINES,
    { reply: entity(ACTION_SCHEMA) },
  ),
  countMachineActions: vendor(
    'countMachineActions',
    'GET',
    '/machineactions/$count',
    'Count machine actions; a bare number',
    READ_MACHINES,
    { differs: 'As the vendor has it for other collections.', reply: NUMBER, parameters: FILTER_ONLY },
  ),
  cancelMachineAction: vendor(
    'cancelMachineAction',
    'POST',
    '/machineactions/:id/cancel',
    'Cancel an action that is not final',
    CANCEL,
    {
      body: CANCEL_BODY,
      reply: entity(ACTION_SCHEMA),
      details: 'Answers the same action, now `Cancelled`. One that is final is refused with 400.',
    },
  ),
  listMachines: vendor('listMachines', 'GET', '/machines', 'List machines', READ_MACHINES, {
    differs: QUERY,
    reply: MACHINES,
    parameters: ODATA,
  }),
  countMachines: vendor(
    'countMachines',
    'GET',
    '/machines/$count',
    'Count machines; a bare number',
    READ_MACHINES,
    { differs: 'As the vendor has it for other collections.', reply: NUMBER, parameters: FILTER_ONLY },
  ),
  getMachine: vendor('getMachine', 'GET', '/machines/:id', 'Get one machine', READ_MACHINES, {
    differs: MACHINE,
    reply: entity(MACHINE_SCHEMA),
  }),
  listActionsOfMachine: vendor(
    'listActionsOfMachine',
    'GET',
    '/machines/:id/machineactions',
    'List the actions of one machine',
    READ_MACHINES,
    {
      differs: 'Not in the documentation of the vendor, but called by connectors.',
      reply: ACTIONS,
      parameters: ODATA,
    },
  ),
  countActionsOfMachine: vendor(
    'countActionsOfMachine',
    'GET',
    '/machines/:id/machineactions/$count',
    'Count the actions of one machine; a bare number',
    READ_MACHINES,
    { differs: 'As the vendor has it for other collections.', reply: NUMBER, parameters: FILTER_ONLY },
  ),
  findMachinesByIp: vendor(
    'findMachinesByIp',
    'GET',
    '/machines/findbyip(:arguments)',
    'Find machines by an address they had within 15 minutes of a time',
    READ_MACHINES,
    {
      reply: MACHINES,
      template: "/machines/findbyip(ip='{ip}',timestamp={timestamp})",
      details: 'The arguments may come in either order, quoted or not.',
    },
  ),
  findMachinesByTag: vendor(
    'findMachinesByTag',
    'GET',
    '/machines/findbytag',
    'Find machines by a tag',
    READ_MACHINES,
    { reply: MACHINES, parameters: BY_TAG },
  ),
  changeMachineTags: vendor(
    'changeMachineTags',
    'POST',
    '/machines/:id/tags',
    'Add or remove a tag',
    CHANGE_TAGS,
    { body: TAG_BODY, reply: entity(MACHINE_SCHEMA) },
  ),
  listAlerts: vendor(
    'listAlerts',
    'GET',
    '/alerts',
    'List alerts; always empty, for connection tests',
    READ_ALERTS,
    {
      differs: 'Always empty: Cordon raises no alerts. It is there for the connection tests of connectors.',
      reply: collection('AlertCollection', NO_ALERT),
    },
  ),
} as const satisfies Record<string, Operation>;
