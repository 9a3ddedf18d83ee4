import type { ServerContext } from '@modelcontextprotocol/server';
import type { WireMachineAction } from '../contract/machine-action.ts';
import type { Client } from '../sdk/client.ts';
import { ClientError } from '../sdk/error.ts';
import { isFinal } from '../sdk/wait.ts';

/**
 * Waits for the end of an action, for so many seconds at most, and tells the client of each status where it wants to
 * hear. What is asked for already stands: a wait that fails answers with the action as it was last seen.
 */
export async function follow(
  api: Client,
  begun: WireMachineAction,
  seconds: number,
  context: ServerContext,
): Promise<WireMachineAction> {
  if (seconds === 0 || isFinal(begun)) return begun;
  const progressToken = context.mcpReq._meta?.progressToken;
  let progress = 0;
  const onChange = ({ status }: WireMachineAction) => {
    progress += 1;
    if (progressToken === undefined) return;
    const params = { progressToken, progress, message: status };
    // A client that is gone hears nothing, and the action goes on all the same.
    context.mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {});
  };
  try {
    return await api.waitFor(begun, { timeout: seconds * 1000, signal: context.mcpReq.signal, onChange });
  } catch (error) {
    if (error instanceof ClientError || context.mcpReq.signal.aborted) {
      return (error instanceof ClientError ? error.action : null) ?? begun;
    }
    throw error;
  }
}
