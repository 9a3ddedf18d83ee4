import type { WireMachineAction } from '../contract/machine-action.ts';
import type { Client } from '../sdk/client.ts';
import { ClientError } from '../sdk/error.ts';
import { isFinal } from '../sdk/wait.ts';
import type { Exit } from './exit.ts';
import type { Io } from './io.ts';
import { shortId } from './resolve/action.ts';
import { STATUS_COLOURS } from './show/actions.ts';
import type { Progress } from './show/progress.ts';
import { harmless, painter } from './show/style.ts';
import { lasting } from './show/time.ts';

/** What became of an action when the command stopped looking. */
export interface Followed {
  readonly action: WireMachineAction;
  readonly exit: Exit;
}

/** How an action that is known counts for the exit status. */
export function exitOf(action: WireMachineAction): Exit {
  if (!isFinal(action)) return 'waiting';
  return action.status === 'Succeeded' ? 'done' : 'ended';
}

/** Waits for actions side by side and shows each change with the time since the wait began. */
export async function follow(
  client: Client,
  actions: readonly WireMachineAction[],
  timeout: number | null,
  progress: Progress,
  io: Io,
): Promise<Followed[]> {
  const begin = io.now();
  const paint = painter(io.stderr, io);
  const latest = new Map(actions.map((action) => [action.id, action]));
  const tell = () => {
    const open = [...latest.values()].filter((action) => !isFinal(action));
    const first = open[0];
    if (first === undefined) return;
    const more = open.length > 1 ? ` and ${open.length - 1} more` : '';
    progress.status(`${harmless(nameOf(first))}: ${first.status}${more}`);
  };
  tell();
  const wait = async (action: WireMachineAction): Promise<Followed> => {
    try {
      const ended = await client.waitFor(action, {
        signal: io.signal,
        timeout: timeout ?? undefined,
        sideBySide: actions.length,
        onChange: (changed) => {
          latest.set(changed.id, changed);
          tell();
          const status = paint(STATUS_COLOURS[changed.status] ?? 'reset', changed.status.padEnd(10));
          progress.line(`${lasting(io.now() - begin).padStart(9)}  ${status}  ${harmless(nameOf(changed))}`);
        },
      });
      return { action: ended, exit: exitOf(ended) };
    } catch (error) {
      if (!(error instanceof ClientError) || error.code !== 'StillActive') throw error;
      return { action: latest.get(action.id) ?? action, exit: 'waiting' };
    }
  };
  try {
    return await Promise.all(actions.map(wait));
  } finally {
    progress.stop();
    const left = io.signal.aborted ? [...latest.values()].filter((action) => !isFinal(action)) : [];
    for (const action of left) {
      const name = harmless(nameOf(action));
      progress.line(`${name}: the action goes on. Follow it with: cordon action ${shortId(action)} --wait`);
    }
  }
}

/**
 * Sentences about an action that did not succeed: the cause, the checks that failed and the notes of its last event.
 * None where the history cannot be read; that must not hide how the action ended.
 */
export async function reasonsFor(
  client: Client,
  action: WireMachineAction,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const last = (await client.history(action.id, signal)).at(-1);
    if (last === undefined) return [];
    const failed = last.evidence?.checks.filter((check) => !check.passed) ?? [];
    return [
      last.cause,
      ...failed.map((check) => `${check.name}: expected ${check.expected}, observed ${check.observed}`),
      ...(last.evidence?.notes ?? []),
    ].map(harmless);
  } catch (error) {
    if (error instanceof ClientError) return [];
    throw error;
  }
}

export const nameOf = (action: WireMachineAction): string => action.computerDnsName ?? action.machineId;
