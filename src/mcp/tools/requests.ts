import { type InputRequiredResult, isInputRequiredResult } from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { WireMachineAction } from '../../contract/machine-action.ts';
import { isFinal } from '../../sdk/wait.ts';
import type { Approval } from '../approval.ts';
import { DATA_NOTE, harmless, quoted } from '../data.ts';
import { ToolProblem } from '../problem.ts';
import { ACTION_ID, acting, MACHINE_NAME, type ToolWorld } from '../tool.ts';
import { follow } from '../wait.ts';
import { ACTION, lineOf, viewOfAction } from './actions.ts';
import { machineNamed } from './machines.ts';

/** Characters of a comment; the API takes 4,000, and the mark stands before it. */
const COMMENT_MAXIMUM = 3500;

const COMMENT = z
  .string()
  .min(1)
  .max(COMMENT_MAXIMUM)
  .refine((text) => text.trim() !== '', 'must say why')
  .describe(
    'Why, in your own words, for the people who read the history: the finding, the ticket, who asked for it',
  );

/** Seconds: most clients give a tool call up after 60. */
const WAIT = z
  .int()
  .min(0)
  .max(300)
  .default(50)
  .describe(
    'Seconds to wait for the end of the action; it goes on afterwards, and show_action tells how it ended',
  );

const REQUEST = {
  machine: MACHINE_NAME,
  comment: COMMENT,
  ticket: z.string().min(1).max(255).optional().describe('Correlation id, such as a ticket number'),
  wait_seconds: WAIT,
};

const OUTPUT = z.object({ action: ACTION });

const ASKS = 'The person is asked first where the client can ask; a refusal is final.';

export const restrict = acting({
  name: 'restrict_code_execution',
  title: 'Restrict code execution',
  description: `Contains a machine: afterwards only trusted software can start on it; what runs goes on running. Users of the
machine will notice. Only unrestrict_code_execution lifts it, or release_after. ${ASKS}
The answer with status Succeeded alone means that it is proven on the machine.`,
  input: z.strictObject({
    ...REQUEST,
    release_after: z
      .string()
      .regex(/^P(\d+D)?(T(\d+H)?(\d+M)?)?$/)
      .max(20)
      .optional()
      .describe(
        'ISO 8601 duration such as PT4H, after which the machine is released by itself; left out, it is not',
      ),
  }),
  output: OUTPUT,
  run: async (input, world) => {
    const { machine: name, comment, ticket, release_after: releaseAfter } = input;
    const machine = await machineNamed(world.api, name, world.context.mcpReq.signal);
    const end = releaseAfter === undefined ? 'until somebody releases it' : `for ${releaseAfter}`;
    const approval = await world.approvals.ask(world.context, {
      subject: ['restrict', machine.id, comment, ticket ?? '', releaseAfter ?? ''],
      message: [
        `Restrict code execution on ${quoted(machine.computerDnsName)} (${machine.id})?`,
        `Only trusted software will start on it, ${end}.`,
        ...reasons(comment, ticket),
      ].join('\n'),
      title: 'Yes, restrict this machine',
    });
    return carriedOut(
      approval,
      input.wait_seconds,
      world,
      (request) =>
        releaseAfter === undefined
          ? world.api.restrict(machine.id, { ...request, externalId: ticket })
          : world.api.restrictFor(machine.id, { ...request, externalId: ticket, releaseAfter }),
      comment,
    );
  },
});

export const unrestrict = acting({
  name: 'unrestrict_code_execution',
  title: 'Remove the restriction',
  description: `Releases a machine: afterwards any program can start on it again, also what it was contained for. ${ASKS}
The answer with status Succeeded alone means that it is proven on the machine.`,
  input: z.strictObject(REQUEST),
  output: OUTPUT,
  run: async (input, world) => {
    const { machine: name, comment, ticket } = input;
    const machine = await machineNamed(world.api, name, world.context.mcpReq.signal);
    const approval = await world.approvals.ask(world.context, {
      subject: ['unrestrict', machine.id, comment, ticket ?? ''],
      message: [
        `Remove the restriction of ${quoted(machine.computerDnsName)} (${machine.id})?`,
        'Any program will start on it again, also what it was contained for.',
        ...reasons(comment, ticket),
      ].join('\n'),
      title: 'Yes, release this machine',
    });
    return carriedOut(
      approval,
      input.wait_seconds,
      world,
      (request) => world.api.unrestrict(machine.id, { ...request, externalId: ticket }),
      comment,
    );
  },
});

export const cancel = acting({
  name: 'cancel_action',
  title: 'Cancel an action',
  description: `Ends an action that is under way. The machine goes back to the mode it had before: a cancelled release stays
restricted, a cancelled restriction is taken back. An action that is final refuses. ${ASKS}`,
  input: z.strictObject({ action: ACTION_ID, comment: COMMENT }),
  output: OUTPUT,
  run: async ({ action: id, comment }, world) => {
    const action = await world.api.action(id, world.context.mcpReq.signal);
    const approval = await world.approvals.ask(world.context, {
      subject: ['cancel', action.id, comment],
      message: [
        `Cancel the ${harmless(action.type)} of ${quoted(action.computerDnsName ?? action.machineId)}?`,
        `It is ${harmless(action.status)}, asked by ${quoted(action.requestor)}. The machine goes back to the mode it had before.`,
        ...reasons(comment),
      ].join('\n'),
      title: 'Yes, cancel this action',
    });
    return carriedOut(approval, 0, world, (request) => world.api.cancel(action.id, request.comment), comment);
  },
});

/** What the assistant says of its request, whole: nothing goes into the history that the person could not read. */
function reasons(comment: string, ticket?: string): string[] {
  const said = [`The assistant's comment: ${quoted(comment, COMMENT_MAXIMUM)}`];
  return ticket === undefined ? said : [...said, `Ticket: ${quoted(ticket)}`];
}

type Request = { readonly comment: string; readonly idempotencyKey: string };

/**
 * The request, once it is approved, and its end. The request itself is not broken off when the client gives up, since
 * then nobody would know whether it was made; only what was not yet asked is left.
 */
async function carriedOut(
  approval: Approval | InputRequiredResult,
  seconds: number,
  { api, context }: ToolWorld,
  ask: (request: Request) => Promise<WireMachineAction>,
  comment: string,
) {
  if (isInputRequiredResult(approval)) return approval;
  if (context.mcpReq.signal.aborted) throw new ToolProblem('Interrupted', 'The client gave the call up.');
  const marked = `${approval.mark} ${harmless(comment, COMMENT_MAXIMUM)}`;
  const begun = await ask({ comment: marked, idempotencyKey: approval.key });
  const action = await follow(api, begun, seconds, context);
  const id = harmless(action.id);
  const next = !isFinal(action)
    ? [`It goes on; show_action ${id} tells how it ends.`]
    : action.status === 'Succeeded'
      ? []
      : [`It did not succeed, and nothing is proven; show_action ${id} tells why.`];
  return {
    output: { action: viewOfAction(action) },
    text: [DATA_NOTE, lineOf(action), ...next].join('\n'),
  };
}
