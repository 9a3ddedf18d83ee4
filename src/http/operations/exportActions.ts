import { MACHINE_ACTION } from '../../contract/machine-action.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import { CordonError } from '../../domain/error.ts';
import { collectionReply, queryOf } from '../collection.ts';
import { handler } from '../handler.ts';
import { wireActionEvent, wireMachineAction } from '../representation/machine-action.ts';

/** Actions of one page: with the evidence of each, some megabytes at the most. */
const PAGE = 500;

/** Actions with the history of each. What `$select` says is passed over: an archive has all of it. */
export const exportActions = handler(OPERATIONS.exportActions, async (call) => {
  const query = queryOf({ ...call, config: { ...call.config, pageSize: PAGE } }, MACHINE_ACTION);
  if (query.top > PAGE) {
    throw new CordonError(
      'ODataError',
      `The limit of '${PAGE}' for the '$top' query has been exceeded. Leave it out and follow @odata.nextLink.`,
    );
  }
  const page = await call.services.actions.listWithHistory(call.call, query);
  return collectionReply(call, MACHINE_ACTION, { ...query, select: null }, page, ({ action, events }) => ({
    ...wireMachineAction(action),
    history: events.map(wireActionEvent),
  }));
});
