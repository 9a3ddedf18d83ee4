import type { WireMachineAction } from '../../../src/contract/machine-action.ts';
import { ACTIONS } from '../actions/refresh.ts';
import { causeWords } from '../control/words.ts';
import { readHistory } from '../machine/read.ts';
import { pagesOf, withOptions } from '../wire/odata.ts';
import { filterOfEnds, isOver, withEnds } from './ends.ts';
import { followed } from './followed.ts';

/** Reads what the requests have come to that are not over: one call for each, as long as it is answered by one page. */
export async function readEnds(signal: AbortSignal): Promise<null> {
  for (const request of followed.get().filter((one) => !isOver(one))) {
    const path = withOptions(ACTIONS, { $filter: filterOfEnds(request), $select: 'id,status' });
    for await (const { value } of pagesOf<Pick<WireMachineAction, 'id' | 'status'>>(path, {
      signal,
      background: true,
    }))
      followed.set(withEnds(followed.get(), value));
  }
  return null;
}

/** Why an action ended as it did, in the words of its history; empty where that does not say it. */
export async function readReason(action: string, status: string): Promise<string> {
  const last = (await readHistory(action)).findLast((event) => event.status === status);
  return last === undefined ? '' : causeWords(last.cause);
}
