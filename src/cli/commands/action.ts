import type { WireActionEvent } from '../../contract/cordon.ts';
import type { Client } from '../../sdk/client.ts';
import { ClientError } from '../../sdk/error.ts';
import { exitOf, follow } from '../follow.ts';
import { CONNECTION, connect } from '../options/connection.ts';
import { OUTPUT, writeJson } from '../options/output.ts';
import { WAITING } from '../options/waiting.ts';
import { actionId } from '../resolve/action.ts';
import { writeAction } from '../show/action.ts';
import { startProgress } from '../show/progress.ts';
import { verb } from '../verb.ts';

export const action = verb({
  name: 'action',
  summary: 'show one action with its history and proof, or wait for it',
  description: `Shows one action: who asked for it and why, each change with its cause, and the evidence
of the device, check by check. With --wait it stays until the action is final and ends
with the status of the table in "cordon --help"; without, it ends with 0 however the
action stands.`,
  arguments: [{ name: 'action', description: 'id of the action, or the first 8 or more characters of it' }],
  options: { ...WAITING, ...OUTPUT, ...CONNECTION },
  examples: [
    { line: 'cordon action 01a20ac9-4468-7870', does: 'everything about one action' },
    { line: 'cordon action 01a20ac9-4468-7870 --wait --timeout 10m', does: 'go on waiting for it' },
    {
      line: "cordon action 01a20ac9-4468-7870 --json | jq '.history[-1].evidence.checks'",
      does: 'the checks behind its last change',
    },
  ],
  run: async (values, words, { io }) => {
    const client = await connect(values, io);
    const id = await actionId(client, words[0]!, io.signal);
    const current = await client.action(id, io.signal);
    const followed = values.wait
      ? (await follow(client, [current], values.timeout, await startProgress(io), io))[0]!.action
      : current;
    const history = await historyOrNull(client, id, io.signal);
    if (values.json) writeJson(io, { ...followed, history });
    else writeAction(io, followed, history);
    return values.wait ? exitOf(followed) : 'done';
  },
});

/** Null where the service has no histories or this application may not read them. */
async function historyOrNull(
  client: Client,
  id: string,
  signal: AbortSignal,
): Promise<WireActionEvent[] | null> {
  try {
    return await client.history(id, signal);
  } catch (error) {
    if (error instanceof ClientError && (error.status === 404 || error.status === 403)) return null;
    throw error;
  }
}
