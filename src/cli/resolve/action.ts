import type { Client } from '../../sdk/client.ts';
import { ClientError } from '../../sdk/error.ts';
import { UsageError } from '../usage-error.ts';

const ACTION_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ID_PREFIX = /^[0-9a-f]{8}[0-9a-f-]*$/i;

/** How far back a shortened id is looked for, newest first. */
const SEARCHED = 10_000;

/**
 * The id of an action that was written in full or by its first eight or more digits.
 * @throws UsageError when it is neither or fits several, ClientError `ResourceNotFound` when it fits none.
 */
export async function actionId(client: Client, written: string, signal: AbortSignal): Promise<string> {
  if (ACTION_ID.test(written)) return written.toLowerCase();
  if (!ID_PREFIX.test(written)) {
    throw new UsageError(
      `An action is named by its id or the first eight or more digits of it; "${written}" is neither`,
    );
  }
  const prefix = written.toLowerCase();
  const found: string[] = [];
  for await (const action of client.actions({ top: SEARCHED, signal })) {
    if (action.id.toLowerCase().startsWith(prefix)) found.push(action.id);
    if (found.length > 1)
      throw new UsageError(`Several action ids begin with ${written}: ${found.join(', ')}`);
  }
  if (found[0] !== undefined) return found[0];
  throw new ClientError({
    code: 'ResourceNotFound',
    message: `None of the newest ${SEARCHED} actions has an id that begins with ${written}.`,
    status: 404,
  });
}
