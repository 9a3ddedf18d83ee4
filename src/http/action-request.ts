import type { ActionTypeName } from '../contract/control.ts';
import { MACHINE_ACTION } from '../contract/machine-action.ts';
import type { Operation } from '../contract/operation.ts';
import { entityReply } from './collection.ts';
import { type Handler, handler } from './handler.ts';
import { wireMachineAction } from './representation/machine-action.ts';

/** An operation that starts an action of one type on a machine: 201 with the action, `Pending`. */
export function requestedAction(operation: Operation, type: ActionTypeName): Handler {
  return handler(operation, async (call) => {
    const body = call.body as { Comment: string; ExternalId?: string | null };
    const action = await call.services.actions.request(call.call, type, call.parameters.id ?? '', {
      comment: body.Comment,
      externalId: body.ExternalId ?? null,
      idempotencyKey: call.header('idempotency-key'),
    });
    return entityReply(call, MACHINE_ACTION, wireMachineAction(action));
  });
}
