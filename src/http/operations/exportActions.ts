import { MACHINE_ACTION } from '../../contract/machine-action.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import { collectionReply, pagedQueryOf } from '../collection.ts';
import { handler } from '../handler.ts';
import { wireActionEvent, wireMachineAction } from '../representation/machine-action.ts';

/** Actions of one page: with the evidence of each, some megabytes at the most. */
const PAGE = 500;

/** Actions with the history of each. What `$select` says is passed over: an archive has all of it. */
export const exportActions = handler(OPERATIONS.exportActions, async (call) => {
  const query = pagedQueryOf(call, MACHINE_ACTION, PAGE);
  const page = await call.services.actions.listWithHistory(call.call, query);
  return collectionReply(call, MACHINE_ACTION, { ...query, select: null }, page, ({ action, events }) => ({
    ...wireMachineAction(action),
    history: events.map(wireActionEvent),
  }));
});
