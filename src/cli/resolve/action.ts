import type { WireMachineAction } from '../../contract/machine-action.ts';
import type { Client } from '../../sdk/client.ts';
import { ClientError } from '../../sdk/error.ts';
import { UsageError } from '../usage-error.ts';

const ACTION_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ID_PREFIX = /^[0-9a-f]{8}[0-9a-f-]*$/i;
const LOWEST = '00000000-0000-0000-0000-000000000000';
const HIGHEST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** How far back a shortened id is looked for where the service cannot compare ids. */
const SEARCHED = 10_000;

/**
 * Length of the ids that tables show. Ids grow with time, so their first eight digits are the same for a minute; the
 * first eighteen characters hold the millisecond and twelve random bits.
 */
const SHOWN = 18;

/** As much of an action's id as people need to name it again. */
export const shortId = (action: { id: string }): string => action.id.slice(0, SHOWN);

/**
 * The id of an action that was written in full or by its first eight or more characters.
 * @throws UsageError when it is neither or fits several, ClientError `ResourceNotFound` when it fits none.
 */
export async function actionId(client: Client, written: string, signal: AbortSignal): Promise<string> {
  if (ACTION_ID.test(written)) return written.toLowerCase();
  if (!ID_PREFIX.test(written)) {
    throw new UsageError(
      `An action is named by its id or the first eight or more characters of it; "${written}" is neither`,
    );
  }
  const found = await beginningWith(client, written.toLowerCase(), signal);
  if (found.length === 1) return found[0]!;
  if (found.length === 0) {
    throw new ClientError({
      code: 'ResourceNotFound',
      message: `No action has an id that begins with ${written}.`,
      status: 404,
    });
  }
  throw new UsageError(`Several actions have ids that begin with ${written}: ${found.join(', ')}`);
}

/** At most three ids that begin with the text. */
async function beginningWith(client: Client, prefix: string, signal: AbortSignal): Promise<string[]> {
  const [from, to] = [LOWEST, HIGHEST].map((bound) => `${prefix}${bound.slice(prefix.length)}`);
  try {
    return await matches(client.actions({ filter: `id ge ${from} and id le ${to}`, top: 3, signal }), prefix);
  } catch (error) {
    if (!(error instanceof ClientError) || error.status !== 400) throw error;
    return await matches(client.actions({ top: SEARCHED, signal }), prefix);
  }
}

async function matches(actions: AsyncIterable<WireMachineAction>, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { id } of actions) {
    if (id.toLowerCase().startsWith(prefix)) found.push(id);
    if (found.length === 3) break;
  }
  return found;
}
