/** What Cordon adds to the vendor's machines and actions, under its own base so that the vendor's wire stays as it is. */
import { Type } from 'typebox';
import { ACTION_TYPES } from './control.ts';
import { cordon, type Operation, VENDOR_LIMIT } from './operation.ts';
import { IDEMPOTENT, WHOLE_ENTRIES } from './parameters.ts';
import { ACTION_RECORD, ACTION_STATE, EVENT, MACHINE_STATE, REQUESTED_ACTION } from './replies.ts';
import { collection, list } from './reply.ts';
import { AUDIT, EXPORT, READ_MACHINES, RESTRICT } from './requirements.ts';
import { ACTION_BODY } from './vendor-operations.ts';

/** An action's body with a time after which the machine is released: an ISO 8601 duration from `PT1M` to `P90D`. */
const TIMED_ACTION_BODY = Type.Object(
  {
    ...ACTION_BODY.properties,
    ReleaseAfter: Type.Optional(Type.Union([Type.String({ examples: ['PT4H'] }), Type.Null()])),
  },
  { title: 'TimedActionRequest', additionalProperties: false },
);
/** Machines that one call may name; more is `MaximumBatchSizeExceeded`. */
export const MACHINES_MAXIMUM = 500;
/** One action on each of several machines, named by id, DNS name or directory id. */
const ACTIONS_BODY = Type.Object(
  {
    Type: Type.Enum(Object.keys(ACTION_TYPES)),
    Machines: Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { minItems: 1 }),
    ...TIMED_ACTION_BODY.properties,
  },
  { title: 'ActionsRequest', additionalProperties: false },
);
export const ACTION_OPERATIONS = {
  listMachineStates: cordon(
    'listMachineStates',
    'GET',
    '/machines',
    'List machines with what is wanted of and observed on each control',
    READ_MACHINES,
    { reply: collection('MachineStateCollection', MACHINE_STATE), parameters: WHOLE_ENTRIES },
  ),
  getMachineState: cordon(
    'getMachineState',
    'GET',
    '/machines/:id',
    'Get one machine with its controls and the last evidence',
    READ_MACHINES,
    { reply: MACHINE_STATE },
  ),
  timedRestrictCodeExecution: cordon(
    'timedRestrictCodeExecution',
    'POST',
    '/machines/:id/restrictCodeExecution',
    'Let the machine run only trusted software until a time has passed',
    RESTRICT,
    {
      success: 201,
      limit: VENDOR_LIMIT,
      body: TIMED_ACTION_BODY,
      reply: ACTION_STATE,
      parameters: IDEMPOTENT,
      details:
        'After `ReleaseAfter` the server releases the machine by itself; a device without its server does it too.',
    },
  ),
  requestActions: cordon(
    'requestActions',
    'POST',
    '/machines/actions',
    'Start one action on each of several machines',
    RESTRICT,
    {
      limit: VENDOR_LIMIT,
      body: ACTIONS_BODY,
      reply: list(REQUESTED_ACTION),
      parameters: IDEMPOTENT,
      details:
        'At most 500 machines, and one call of the limit. Each machine is accepted or refused for itself, as by a ' +
        'call of its own; the results come in the order of the machines. `ReleaseAfter` goes with a restriction only.',
    },
  ),
  getActionState: cordon(
    'getActionState',
    'GET',
    '/machineactions/:id',
    'Get one machine action with its timed release',
    READ_MACHINES,
    { reply: ACTION_STATE },
  ),
  getActionHistory: cordon(
    'getActionHistory',
    'GET',
    '/machineactions/:id/history',
    'Get who did what to an action, with evidence',
    AUDIT,
    { reply: list(EVENT) },
  ),
  exportActions: cordon(
    'exportActions',
    'GET',
    '/machineactions',
    'List machine actions with the history of each, for an archive',
    EXPORT,
    {
      reply: collection('MachineActionRecordCollection', ACTION_RECORD),
      parameters: WHOLE_ENTRIES,
      details: 'At most 500 actions a page; `@odata.nextLink` leads on.',
    },
  ),
} as const satisfies Record<string, Operation>;
