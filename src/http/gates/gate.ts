import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Operation } from '../../contract/operation.ts';
import type { Services } from '../services.ts';

/**
 * The gates before an operation, in this order: who calls, how often, with which permission. The body is read only
 * behind them, so that a stranger cannot make the server read it.
 */
export function gateOf(operation: Operation, { verifier, sessionGate, quota, access }: Services) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { authorization } = request.headers;
    const caller =
      verifier.verifyCached(authorization) ??
      // The cookie of a session counts only where nothing else says who calls.
      (authorization === undefined ? await sessionGate.callerOf(request, reply) : null) ??
      (await verifier.verify(authorization));
    await quota.take(caller, operation);
    const { visible } = await access.admit(caller, operation.requirement);
    request.call = { caller, visible, correlation: request.id };
  };
}
