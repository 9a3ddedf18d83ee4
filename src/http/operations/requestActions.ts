import type { ActionTypeName } from '../../contract/control.ts';
import type { WireRequestedAction } from '../../contract/cordon.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import { type RequestedAction, requestMany } from '../../service/many-actions.ts';
import { wireFault } from '../faults.ts';
import { handler, type OperationCall } from '../handler.ts';
import { wireActionState } from '../representation/machine-action.ts';

/** 200 whatever came of the machines: each has a result of its own, in the order in which they were named. */
export const requestActions = handler(OPERATIONS.requestActions, async (call) => {
  const body = call.body as {
    Type: ActionTypeName;
    Machines: string[];
    Comment: string;
    ExternalId?: string | null;
    ReleaseAfter?: string | null;
  };
  const means = { actions: call.services.actions, log: call.config.log };
  const requested = await requestMany(means, call.call, body.Type, body.Machines, {
    comment: body.Comment,
    externalId: body.ExternalId ?? null,
    releaseAfter: body.ReleaseAfter ?? null,
    idempotencyKey: call.header('idempotency-key'),
  });
  return { value: await Promise.all(requested.map((one) => result(call, one))) };
});

async function result(call: OperationCall, one: RequestedAction): Promise<WireRequestedAction> {
  const { reference: machine, action, fault } = one;
  if (action === null) return { machine, status: fault.status, action: null, error: wireFault(fault) };
  const stands = await call.services.actions.releaseStands(action);
  return { machine, status: 201, action: wireActionState(action, stands), error: null };
}
