import { MACHINE_ACTION } from '../../contract/machine-action.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import { collectionReply, queryOf } from '../collection.ts';
import { handler } from '../handler.ts';
import { wireMachineAction } from '../representation/machine-action.ts';

/** Newest first unless the query orders otherwise. */
export const listMachineActions = handler(OPERATIONS.listMachineActions, async (call) => {
  const query = queryOf(call, MACHINE_ACTION);
  const page = await call.services.actions.list(call.call, query);
  return collectionReply(call, MACHINE_ACTION, query, page, wireMachineAction);
});
