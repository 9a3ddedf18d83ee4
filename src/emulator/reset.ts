import type { FastifyInstance } from 'fastify';
import type { Requirement } from '../contract/permissions.ts';
import type { ServerParts } from '../server/server.ts';

/** Address of the reset; needs the full application's token. */
export const RESET_PATH = '/cordon/v1/emulator/reset';

/**
 * `POST /cordon/v1/emulator/reset`: everything as at the start, with new keys for the machines. Resets wait for each
 * other, so that two at once leave one fleet.
 */
export function resetRoute(
  app: FastifyInstance,
  requirement: Requirement,
  { services }: ServerParts,
  reset: () => Promise<number>,
): void {
  let last: Promise<number> = Promise.resolve(0);
  app.post(RESET_PATH, async (request) => {
    const caller = await services.verifier.verify(request.headers.authorization);
    await services.access.admit(caller, requirement);
    last = last.catch(() => 0).then(reset);
    return { machines: await last };
  });
}
