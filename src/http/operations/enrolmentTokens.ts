import { OPERATIONS } from '../../contract/operations.ts';
import type { EnrolmentTokenInput } from '../../service/enrolment-tokens.ts';
import { handler } from '../handler.ts';
import { wireEnrolmentToken } from '../representation/access.ts';

export const listEnrolmentTokens = handler(OPERATIONS.listEnrolmentTokens, async ({ call, services }) => ({
  value: (await services.enrolmentTokens.list(call.caller.tenantId)).map(wireEnrolmentToken),
}));

export const createEnrolmentToken = handler(
  OPERATIONS.createEnrolmentToken,
  async ({ call, services, body }) => {
    const { record, token } = await services.enrolmentTokens.create(call, body as EnrolmentTokenInput);
    return { ...wireEnrolmentToken(record), token };
  },
);

export const revokeEnrolmentToken = handler(
  OPERATIONS.revokeEnrolmentToken,
  async ({ call, services, parameters }) => {
    await services.enrolmentTokens.revoke(call.caller.tenantId, parameters.id ?? '');
    return null;
  },
);
