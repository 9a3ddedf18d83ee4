import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Operation } from '../../contract/operation.ts';
import type { Call } from '../../service/call.ts';
import type { Services } from '../services.ts';

export interface Gate {
  /** Lets a call through, or throws; to be passed before the body is read. */
  pass(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Who calls, and what they see, as of now; counts nothing and keeps no session. @throws CordonError */
  readmit(request: FastifyRequest): Promise<Call>;
}

/**
 * The gates before an operation, in this order: who calls, how often, with which permission. The body is read only
 * behind them, so that a stranger cannot make the server read it.
 */
export function gateOf(operation: Operation, { verifier, sessionGate, quota, access }: Services): Gate {
  return {
    async pass(request, reply) {
      const { authorization } = request.headers;
      const caller =
        verifier.verifyCached(authorization) ??
        // The cookie of a session counts only where nothing else says who calls.
        (authorization === undefined ? await sessionGate.callerOf(request, reply) : null) ??
        (await verifier.verify(authorization));
      const counting = quota.take(caller, operation);
      if (counting !== undefined) await counting;
      const { visible } = await access.admit(caller, operation.requirement);
      request.call = { caller, visible, correlation: request.id };
    },
    async readmit(request) {
      const { authorization } = request.headers;
      const found = authorization === undefined ? await sessionGate.sessionOf(request, 'looked at') : null;
      return access.admit(found?.caller ?? (await verifier.verify(authorization)), operation.requirement);
    },
  };
}
