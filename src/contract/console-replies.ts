/** What the console's operations answer, as schemas. */
import { Type } from 'typebox';
import {
  SIGN_IN_METHODS,
  type WireConsoleLink,
  type WireMachineSummary,
  type WireSession,
  type WireSignIn,
  type WireSummaryControl,
} from './console.ts';
import { CONTROL_EXAMPLE, MACHINE_EXAMPLE } from './examples.ts';
import { ACTION_STATUSES } from './machine-action.ts';
import { among, CONTROL, id, orNull, text, time } from './replies.ts';
import { as } from './reply.ts';

const texts = Type.Array(Type.String());
const maybeText = orNull(Type.String());
const { evidence: _evidence, ...summaryProperties } = CONTROL.properties;
const { evidence: _found, ...controlExample } = CONTROL_EXAMPLE;

const SUMMARY_CONTROL = as<WireSummaryControl>()(
  Type.Object(summaryProperties, {
    title: 'ControlSummary',
    description: 'A control of a machine without its evidence.',
    examples: [controlExample],
  }),
);

export const MACHINE_SUMMARY = as<WireMachineSummary>()(
  Type.Object(
    {
      id: Type.String({ pattern: '^[0-9a-f]{40}$' }),
      computerDnsName: Type.String(),
      osPlatform: Type.String(),
      osVersion: maybeText,
      version: maybeText,
      healthStatus: Type.String(),
      lastSeen: time('When the device was heard of last.'),
      lastIpAddress: maybeText,
      rbacGroupId: Type.Integer(),
      rbacGroupName: maybeText,
      machineTags: texts,
      agentVersion: maybeText,
      controls: Type.Array(SUMMARY_CONTROL),
      connected: orNull(
        Type.Boolean({ description: 'Whether the device is heard of now; null for an inactive machine.' }),
      ),
      activeAction: orNull(
        Type.Object({
          id,
          type: Type.String(),
          status: among(ACTION_STATUSES, 'Status of the action.'),
          requestor: Type.String(),
          creationDateTimeUtc: time('When it was asked for.'),
        }),
      ),
      lastFailure: orNull(
        Type.Object(
          { id, type: Type.String(), status: among(ACTION_STATUSES, 'Status of the action.') },
          {
            description:
              'The newest action, where it has ended as `Failed` or `TimeOut`; null where it ended otherwise, or one is under way.',
          },
        ),
      ),
    },
    {
      title: 'MachineSummary',
      description: 'A machine as a row of a long list shows it.',
      examples: [
        {
          id: MACHINE_EXAMPLE.id,
          computerDnsName: MACHINE_EXAMPLE.computerDnsName,
          osPlatform: MACHINE_EXAMPLE.osPlatform,
          osVersion: MACHINE_EXAMPLE.osVersion,
          version: MACHINE_EXAMPLE.version,
          healthStatus: MACHINE_EXAMPLE.healthStatus,
          lastSeen: MACHINE_EXAMPLE.lastSeen,
          lastIpAddress: MACHINE_EXAMPLE.lastIpAddress,
          rbacGroupId: MACHINE_EXAMPLE.rbacGroupId,
          rbacGroupName: MACHINE_EXAMPLE.rbacGroupName,
          machineTags: MACHINE_EXAMPLE.machineTags,
          agentVersion: MACHINE_EXAMPLE.agentVersion,
          controls: [controlExample],
          connected: true,
          activeAction: null,
          lastFailure: null,
        },
      ],
    },
  ),
);

export const CONSOLE_LINK = as<WireConsoleLink>()(
  Type.Object(
    {
      url: text('Opens the console, once; no other answer has it.'),
      expiresAt: time('When it ends unused.'),
    },
    { title: 'ConsoleLink' },
  ),
);

/** Of the media type that its schema names. */
export const EVENT_STREAM = Type.String({
  contentMediaType: 'text/event-stream',
  description: 'Server-sent events: `hello`, `change`, `reload` and `end`, each with JSON as its data.',
  examples: [`event: change\ndata: {"machineId":"${MACHINE_EXAMPLE.id}","actionId":null,"status":null}\n\n`],
});

export const SIGN_IN = as<WireSignIn>()(
  Type.Object(
    {
      methods: Type.Array(among(SIGN_IN_METHODS, 'A way to sign in.')),
      tenant: maybeText,
      emulator: Type.Boolean(),
    },
    { title: 'SignIn', description: 'How people sign in to the console.' },
  ),
);

export const SESSION = as<WireSession>()(
  Type.Object(
    {
      kind: Type.Literal('user'),
      name: Type.String(),
      principal: Type.String(),
      tenantId: id,
      administrator: Type.Boolean({ description: 'True for the local administrator, who needs no role.' }),
      rolePermissions: texts,
      allowed: Type.Array(Type.String(), { description: 'Ids of the operations that this person may call.' }),
      groups: orNull(Type.Array(Type.Integer())),
      csrfToken: text('To be sent as `X-Cordon-CSRF` with every call that is no GET.'),
      expiresAt: time('When the session ends, whatever is done in it.'),
      idleUntil: time('When it ends unless something is done in it.'),
    },
    { title: 'Session', description: 'Who is signed in, and what they may do.' },
  ),
);
