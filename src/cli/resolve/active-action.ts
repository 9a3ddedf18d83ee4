import type { WireMachineAction } from '../../contract/machine-action.ts';
import type { Client } from '../../sdk/client.ts';
import { all } from '../../sdk/collection.ts';
import { ClientError } from '../../sdk/error.ts';
import { isFinal } from '../../sdk/wait.ts';
import type { Io } from '../io.ts';
import { UsageError } from '../usage-error.ts';
import { actionId, shortId } from './action.ts';
import { MACHINE_ID, machineKey } from './machine.ts';

export const ACTIVE = "(status eq 'Pending' or status eq 'InProgress')";
/** Ids of actions and of machines begin alike; what could be either is looked for among the actions first. */
const MAY_BE_ACTION = /^[0-9a-f]{8}[0-9a-f-]*$/i;

/**
 * The id of the action that was written: its own id or the beginning of it, or a name of the machine on which it is
 * under way. Of several on one machine the person at the terminal chooses.
 * @throws UsageError when several fit and nobody can be asked, ClientError `ResourceNotFound` when none does
 */
export async function activeActionId(client: Client, written: string, io: Io): Promise<string> {
  if (!MAY_BE_ACTION.test(written) || MACHINE_ID.test(written)) return activeOn(client, written, io);
  try {
    return await actionId(client, written, io.signal);
  } catch (error) {
    if (!(error instanceof ClientError) || error.status !== 404) throw error;
    return activeOn(client, written, io).catch((cause: unknown) => {
      throw cause instanceof ClientError && cause.status === 404 ? error : cause;
    });
  }
}

async function activeOn(client: Client, machine: string, io: Io): Promise<string> {
  const { signal } = io;
  const key = await machineKey(client, machine, signal);
  const listed = await all(client.actionsOf(key, { filter: ACTIVE, signal }));
  // A service that knows no such filter may have passed over it.
  const found = listed.filter((action) => !isFinal(action));
  if (found.length > 1) return chosen(machine, found, io);
  if (found[0] !== undefined) return found[0].id;
  throw new ClientError({
    code: 'ResourceNotFound',
    message: `Nothing is under way on ${machine}; what is over cannot be cancelled.`,
    status: 404,
  });
}

async function chosen(machine: string, found: readonly WireMachineAction[], io: Io): Promise<string> {
  const lines = found.map((action) => `${shortId(action)}  ${action.type}  ${action.status}`);
  const several = `Several actions are under way on ${machine}:\n  ${lines.join('\n  ')}`;
  if (io.ask === null) throw new UsageError(`${several}\nWrite the id of the one that is meant`);
  const answer = (await io.ask(`${several}\nWhich one? Its id: `)).trim().toLowerCase();
  const fitting = found.filter(({ id }) => answer.length > 0 && id.startsWith(answer));
  if (fitting.length !== 1) throw new UsageError(`"${answer}" is not the id of one of them; nothing is done`);
  return fitting[0]!.id;
}
