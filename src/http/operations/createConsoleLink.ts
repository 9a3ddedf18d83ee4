import { OPERATIONS } from '../../contract/operations.ts';
import { wireTime } from '../../contract/time.ts';
import { requestorOf } from '../../service/call.ts';
import { handler } from '../handler.ts';

export const createConsoleLink = handler(OPERATIONS.createConsoleLink, async ({ call, services }) => {
  const { url, expiresAt } = await services.consoleLinks.make(call.caller.tenantId, requestorOf(call.caller));
  return { url, expiresAt: wireTime(expiresAt) };
});
