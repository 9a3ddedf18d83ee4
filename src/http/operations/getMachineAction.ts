import { MACHINE_ACTION } from '../../contract/machine-action.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import { entityReply } from '../collection.ts';
import { handler } from '../handler.ts';
import { wireMachineAction } from '../representation/machine-action.ts';

export const getMachineAction = handler(OPERATIONS.getMachineAction, async (call) => {
  const action = await call.services.actions.get(call.call, call.parameters.id ?? '');
  return entityReply(call, MACHINE_ACTION, wireMachineAction(action));
});
