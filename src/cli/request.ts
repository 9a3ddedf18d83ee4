import type { WireActionState } from '../contract/cordon.ts';
import type { ActionStatus, WireMachineAction } from '../contract/machine-action.ts';
import type { Client } from '../sdk/client.ts';
import { ClientError } from '../sdk/error.ts';
import { commentOf } from './comment.ts';
import { type Exit, worst } from './exit.ts';
import { follow, nameOf, reasonsFor } from './follow.ts';
import type { Io } from './io.ts';
import { grouped, text, type Values } from './option.ts';
import { CONNECTION, connect } from './options/connection.ts';
import { OUTPUT, writeJson } from './options/output.ts';
import { WAITING } from './options/waiting.ts';
import { explain } from './problem.ts';
import { shortId } from './resolve/action.ts';
import { machineKeys } from './resolve/machines.ts';
import { writeActions } from './show/actions.ts';
import { startProgress } from './show/progress.ts';
import { clock } from './show/time.ts';
import type { Context } from './verb.ts';

/** The options of every verb that asks machines for an action. */
export const REQUEST = {
  ...grouped('Request', {
    comment: text('TEXT', 'Why; kept in the history. Needed; asked for on a terminal'),
    externalId: text('ID', 'Your own correlation id, such as a ticket number'),
    idempotencyKey: text(
      'KEY',
      'Makes repeating this command within 24 h harmless; with several machines each gets KEY:MACHINE_ID. Left out, a fresh one protects the retries of this run',
    ),
  }),
  ...WAITING,
  ...OUTPUT,
  ...CONNECTION,
};

export type RequestValues = Values<typeof REQUEST> & {
  /** ISO 8601 duration after which a restriction ends; null where only a person ends it. */
  readonly releaseAfter?: string | null;
};

type Asked = WireMachineAction & Partial<Pick<WireActionState, 'releaseAt'>>;
type Outcome = { machine: string; action: Asked } | { machine: string; error: ClientError };

/**
 * Asks machines for an action. All names are resolved before anything is asked of any machine, so a slip in one
 * changes nothing, and two names of one machine count once; after that each machine counts for itself and the exit status is the worst.
 */
export async function requestActions(
  verb: 'restrict' | 'unrestrict',
  values: RequestValues,
  machines: readonly string[],
  { io }: Context,
): Promise<Exit> {
  const client = await connect(values, io);
  const comment = await commentOf(values.comment, io);
  const named = await machineKeys(client, machines, io.signal);
  if (!values.json)
    for (const { written, first } of named.repetitions)
      io.stderr.write(`${written} is the same machine as ${first}; it is asked once.\n`);

  const outcomes: Outcome[] = [];
  for (const { written, key } of named.machines) {
    const idempotencyKey = keyFor(values.idempotencyKey, key, named.machines.length, io);
    const request = {
      comment,
      externalId: values.externalId ?? undefined,
      idempotencyKey,
      signal: io.signal,
    };
    const { releaseAfter } = values;
    const ask = () =>
      releaseAfter ? client.restrictFor(key, { ...request, releaseAfter }) : client[verb](key, request);
    const outcome = await attempt(written, ask);
    outcomes.push(outcome);
    // At once: a person who waits for the others must not learn of it only then.
    if ('error' in outcome && !values.json) tellRefusal(outcome, io);
  }
  const asked = outcomes.flatMap((outcome) => ('action' in outcome ? [outcome.action] : []));
  const followed = values.wait
    ? await follow(client, asked, values.timeout, await startProgress(io), io)
    : null;
  const final = new Map(followed?.map(({ action }) => [action.id, action]));
  const shown = outcomes.map((outcome) =>
    'action' in outcome
      ? { ...outcome, action: { ...outcome.action, ...final.get(outcome.action.id) } }
      : outcome,
  );
  await tell(client, shown, values, io);
  const refused = outcomes.some((outcome) => 'error' in outcome);
  return worst([...(refused ? (['refused'] as const) : []), ...(followed?.map(({ exit }) => exit) ?? [])]);
}

async function attempt(machine: string, ask: () => Promise<Asked>): Promise<Outcome> {
  try {
    return { machine, action: await ask() };
  } catch (error) {
    if (error instanceof ClientError) return { machine, error };
    throw error;
  }
}

/** One machine: the key as it was given. Several: one key each, since a key belongs to one request. */
function keyFor(given: string | null, machine: string, count: number, io: Io): string {
  if (given === null) return io.newKey();
  return count === 1 ? given : `${given}:${machine}`;
}

/** Statuses after which there may be nothing to release. */
const UNRESTRICTED: readonly ActionStatus[] = ['Failed', 'TimeOut', 'Cancelled'];

async function tell(
  client: Client,
  outcomes: readonly Outcome[],
  values: RequestValues,
  io: Io,
): Promise<void> {
  const actions = outcomes.flatMap((outcome) => ('action' in outcome ? [outcome.action] : []));
  const errors = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome] : []));
  if (values.json) {
    if (outcomes.length === 1 && errors[0] !== undefined) throw errors[0].error;
    const documents = outcomes.map((outcome) =>
      'action' in outcome ? outcome.action : errorDocument(outcome),
    );
    writeJson(io, documents.length === 1 ? documents[0] : documents);
    return;
  }
  if (actions.length > 0) await writeActions(io, actions);
  for (const action of actions) {
    if (action.releaseAt && !UNRESTRICTED.includes(action.status)) {
      io.stderr.write(
        `${nameOf(action)}: is released at ${clock(action.releaseAt)}, unless somebody asks for something else before\n`,
      );
    }
    await hint(client, action, values, io);
  }
}

function tellRefusal({ machine, error }: { machine: string; error: ClientError }, io: Io): void {
  const { message, remedies } = explain(error, 'refused', '');
  io.stderr.write(`cordon: ${machine}: ${[message, ...remedies].join('\n        ')}\n`);
}

const errorDocument = ({ machine, error }: { machine: string; error: ClientError }) => ({
  machine,
  error: { code: error.code, message: error.message, target: error.target },
});

/** After the table: why it failed, or how to follow what goes on. */
async function hint(client: Client, action: WireMachineAction, values: RequestValues, io: Io): Promise<void> {
  const short = shortId(action);
  if (action.status === 'Pending' || action.status === 'InProgress') {
    const over = values.wait
      ? 'is still active; the wait is over. Go on with'
      : 'is accepted. Follow it with';
    io.stderr.write(`${nameOf(action)}: the action ${over}: cordon action ${short} --wait\n`);
  } else if (action.status !== 'Succeeded') {
    const reasons = await reasonsFor(client, action, io.signal);
    io.stderr.write(`${nameOf(action)}: ${[action.status, ...reasons].join('\n        ')}\n`);
  }
}
