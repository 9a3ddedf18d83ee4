import type { WireActionState } from '../../contract/cordon.ts';
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
    const history = await ownOrNull(() => client.history(id, io.signal));
    const release = releaseOf(await ownOrNull(() => client.actionState(id, io.signal)));
    if (values.json) writeJson(io, { ...followed, ...release, history });
    else writeAction(io, { ...followed, ...release }, history);
    return values.wait ? exitOf(followed) : 'done';
  },
});

type ActionRelease = Pick<WireActionState, 'releaseAt' | 'releaseStands' | 'releaseOf'>;

function releaseOf(state: WireActionState | null): ActionRelease | Record<string, never> {
  if (state === null) return {};
  const { releaseAt, releaseStands, releaseOf } = state;
  return { releaseAt, releaseStands, releaseOf };
}

/** Null where the service has no such thing or this application may not read it. */
async function ownOrNull<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ClientError && (error.status === 404 || error.status === 403)) return null;
    throw error;
  }
}
