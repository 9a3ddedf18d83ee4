import { setTimeout } from 'node:timers/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { seenCall } from '../seen.ts';
import { EFFECTS, HELD, type Payload } from './effects.ts';
import type { Fired, RuleBook } from './rules.ts';

export interface FaultHookOptions {
  readonly rules: RuleBook;
  /** Hears which rule has fired at a call. */
  readonly fired: (request: FastifyRequest, rule: string) => void;
  /** Ends every delay, so that the emulator can close. */
  readonly closing: AbortSignal;
}

/**
 * Lets rules decide about each call that has passed the gates and is about to be carried out: those that the server
 * refuses by itself are none of theirs.
 */
export function faultHooks(app: FastifyInstance, { rules, fired, closing }: FaultHookOptions): void {
  /** Faults that wait for the answer of their call. */
  const waiting = new WeakMap<FastifyRequest, Fired>();
  const pause = async (milliseconds: number) => {
    if (milliseconds > 0) await setTimeout(milliseconds, undefined, { signal: closing }).catch(() => {});
  };

  app.addHook('preHandler', async (request, reply) => {
    const call = seenCall(request);
    const decided = call === null ? null : rules.decide(call);
    if (decided === null) return undefined;
    fired(request, decided.rule);
    if (decided.fault.moment !== 'before') {
      waiting.set(request, decided);
      return undefined;
    }
    await pause(decided.delay);
    const { before } = EFFECTS[decided.fault.kind];
    if (before === null) return undefined;
    before({ request, reply }, decided);
    // Waited for until it is sent, so that no work begins meanwhile.
    return reply;
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const decided = waiting.get(request);
    // An error that is thrown here is sent too, and is the fault itself.
    if (decided === undefined || !waiting.delete(request)) return payload;
    await pause(decided.delay);
    const spoilt = EFFECTS[decided.fault.kind].after({ request, reply }, decided, payload as Payload);
    return spoilt === HELD ? new Promise<never>(() => {}) : spoilt;
  });
}
