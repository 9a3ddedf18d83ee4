import { MACHINE_ACTION } from '../../contract/machine-action.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import { collectionReply, queryOf } from '../collection.ts';
import { handler } from '../handler.ts';
import { wireMachineAction } from '../representation/machine-action.ts';

export const listActionsOfMachine = handler(OPERATIONS.listActionsOfMachine, async (call) => {
  const query = queryOf(call, MACHINE_ACTION);
  const page = await call.services.actions.listOfMachine(call.call, call.parameters.id ?? '', query);
  return collectionReply(call, MACHINE_ACTION, query, page, wireMachineAction);
});
