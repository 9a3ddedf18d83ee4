import { MACHINE_ACTION } from '../../contract/machine-action.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import { entityReply } from '../collection.ts';
import { handler } from '../handler.ts';
import { wireMachineAction } from '../representation/machine-action.ts';

/** Answers 200 with the same action, now `Cancelled` (reference, section 3). */
export const cancelMachineAction = handler(OPERATIONS.cancelMachineAction, async (call) => {
  const { Comment = null } = call.body as { Comment?: string | null };
  const action = await call.services.actions.cancel(call.call, call.parameters.id ?? '', Comment);
  return entityReply(call, MACHINE_ACTION, wireMachineAction(action));
});
