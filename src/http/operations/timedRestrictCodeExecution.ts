import { OPERATIONS } from '../../contract/operations.ts';
import { handler } from '../handler.ts';
import { wireActionState } from '../representation/machine-action.ts';

/** The vendor's restriction with a time after which it ends; its own address, so that the vendor's wire stays as it is. */
export const timedRestrictCodeExecution = handler(OPERATIONS.timedRestrictCodeExecution, async (call) => {
  const body = call.body as { Comment: string; ExternalId?: string | null; ReleaseAfter?: string | null };
  const { actions } = call.services;
  const action = await actions.request(call.call, 'RestrictCodeExecution', call.parameters.id ?? '', {
    comment: body.Comment,
    externalId: body.ExternalId ?? null,
    releaseAfter: body.ReleaseAfter ?? null,
    idempotencyKey: call.header('idempotency-key'),
  });
  return wireActionState(action, await actions.releaseStands(action));
});
