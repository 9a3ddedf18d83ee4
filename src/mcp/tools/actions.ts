import * as z from 'zod';
import type { WireActionEvent } from '../../contract/cordon.ts';
import { ACTION_STATUSES, type WireMachineAction } from '../../contract/machine-action.ts';
import { takeUpTo } from '../../sdk/collection.ts';
import { ClientError } from '../../sdk/error.ts';
import { filter } from '../../sdk/filter.ts';
import { isFinal } from '../../sdk/wait.ts';
import { DATA_NOTE, harmless, harmlessOr, quoted } from '../data.ts';
import { ACTION_ID, LIMIT, MACHINE_NAME, reading } from '../tool.ts';
import { EVIDENCE, evidenceOf } from './machines.ts';

const STATUS = `Pending and InProgress are under way; Succeeded alone means proven on the machine; Failed, TimeOut and
Cancelled mean that it is not.`;

export const ACTION = z.object({
  id: z.string(),
  type: z.string(),
  status: z.string().describe(STATUS),
  final: z.boolean(),
  machineId: z.string(),
  machineName: z.string().nullable(),
  requestor: z.string(),
  comment: z.string(),
  ticket: z.string().nullable(),
  requestedAt: z.string(),
  changedAt: z.string(),
  cancelledBy: z.string().nullable(),
  cancellationComment: z.string().nullable(),
});

export const listActions = reading({
  name: 'list_actions',
  title: 'List actions',
  description: `Lists restrictions and releases, newest first: who asked, why, and how it ended. ${STATUS}
${DATA_NOTE}`,
  input: z.strictObject({
    machine: MACHINE_NAME.optional(),
    status: z
      .enum(['active', ...ACTION_STATUSES])
      .optional()
      .describe('Only actions in this status; active stands for Pending and InProgress'),
    limit: LIMIT,
  }),
  output: z.object({ actions: z.array(ACTION), more: z.boolean() }),
  run: async ({ machine, status, limit }, { api, context }) => {
    const query = {
      filter:
        status === undefined
          ? undefined
          : status === 'active'
            ? filter`(status eq ${'Pending'} or status eq ${'InProgress'})`
            : filter`status eq ${status}`,
      signal: context.mcpReq.signal,
    };
    const found = await takeUpTo(limit, (top) =>
      machine === undefined ? api.actions({ ...query, top }) : api.actionsOf(machine, { ...query, top }),
    );
    const actions = found.entries.map(viewOfAction);
    const lines = found.entries.map(lineOf);
    const more = found.more ? ['There are more; narrow the search or raise the limit.'] : [];
    const text = lines.length === 0 ? ['No action fits.'] : [DATA_NOTE, ...lines, ...more];
    return { output: { actions, more: found.more }, text: text.join('\n') };
  },
});

export const showAction = reading({
  name: 'show_action',
  title: 'Show an action',
  description: `Shows one action with its history: who did what when, and the evidence of the machine. ${STATUS}
${DATA_NOTE}`,
  input: z.strictObject({ action: ACTION_ID }),
  output: z.object({
    action: ACTION,
    history: z
      .array(
        z.object({
          at: z.string(),
          status: z.string(),
          cause: z.string(),
          actor: z.string(),
          evidence: EVIDENCE.nullable(),
        }),
      )
      .nullable()
      .describe('Null where the service keeps or shows none'),
  }),
  run: async ({ action: id }, { api, context }) => {
    const { signal } = context.mcpReq;
    const action = await api.action(id, signal);
    const history = await historyOf(() => api.history(id, signal));
    const events = history?.slice(0, 100).map(({ at, status, cause, actor, evidence }) => ({
      at: harmless(at),
      status,
      cause: harmless(cause),
      actor: harmless(actor.name === '' ? actor.id : actor.name),
      evidence: evidenceOf(evidence),
    }));
    const lines =
      events?.map(({ at, status, cause, actor }) => `${at} ${status}: ${cause}, by ${quoted(actor)}`) ?? [];
    return {
      output: { action: viewOfAction(action), history: events ?? null },
      text: [DATA_NOTE, lineOf(action), ...lines].join('\n'),
    };
  },
});

/** The vendor's service has no history, and one that may not be read hides nothing else. */
async function historyOf(read: () => Promise<WireActionEvent[]>): Promise<WireActionEvent[] | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ClientError && (error.status === 404 || error.status === 403)) return null;
    throw error;
  }
}

export function viewOfAction(action: WireMachineAction): z.input<typeof ACTION> {
  return {
    id: harmless(action.id),
    type: harmless(action.type),
    status: harmless(action.status),
    final: isFinal(action),
    machineId: harmless(action.machineId),
    machineName: harmlessOr(action.computerDnsName),
    requestor: harmless(action.requestor),
    comment: harmless(action.requestorComment),
    ticket: harmlessOr(action.externalId),
    requestedAt: harmless(action.creationDateTimeUtc),
    changedAt: harmless(action.lastUpdateDateTimeUtc),
    cancelledBy: harmlessOr(action.cancellationRequestor),
    cancellationComment: harmlessOr(action.cancellationComment),
  };
}

export function lineOf(action: WireMachineAction): string {
  const name = quoted(action.computerDnsName ?? action.machineId);
  return `${harmless(action.type)} of ${name}: ${harmless(action.status)}, asked by ${quoted(action.requestor)}, comment ${quoted(action.requestorComment)} (${harmless(action.id)})`;
}
