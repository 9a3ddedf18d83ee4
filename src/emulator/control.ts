import type { FastifyInstance, FastifyRequest } from 'fastify';
import { durationOf } from '../contract/duration.ts';
import { ADVANCE, type WireClock } from '../contract/emulator/clock.ts';
import type { WireFaults } from '../contract/emulator/fault-rules.ts';
import type { WireJournal } from '../contract/emulator/journal.ts';
import {
  EMULATOR_OPERATIONS,
  type EmulatorOperation,
  type EmulatorOperationId,
} from '../contract/emulator/operations.ts';
import { OPERATIONS } from '../contract/operations.ts';
import { instantFrom, wireTime } from '../contract/time.ts';
import type { ServerParts } from '../server/options.ts';
import { refusal } from '../server/refusal.ts';
import { rulesOf } from './faults/read.ts';
import { type GivenRules, NO_RULES, type RuleBook } from './faults/rules.ts';
import { filterOf } from './journal/filter.ts';
import type { Journal } from './journal/journal.ts';
import type { LeapingTime } from './leaping-time.ts';

/** What can be controlled of a running emulator. */
export interface Controls {
  readonly rules: RuleBook;
  readonly journal: Journal;
  readonly time: LeapingTime;
  /** Lets time pass and does what it makes due. */
  readonly advance: (milliseconds: number) => Promise<void>;
  /** Puts everything back to the start. @returns machines of the fleet */
  readonly reset: () => Promise<number>;
}

/** A rule file of 200 rules fits, some of which answer with a page of their own. */
const BODY_LIMIT = 1 << 20;

/** Serves the operations that only an emulator has; each needs the permission to manage, as the full application has it. */
export function controlRoutes(app: FastifyInstance, { services }: ServerParts, controls: Controls): void {
  const handlers = handlersOf(controls);
  for (const [id, operation] of Object.entries<EmulatorOperation>(EMULATOR_OPERATIONS)) {
    app.route({
      method: operation.method,
      url: operation.path,
      bodyLimit: BODY_LIMIT,
      onRequest: async ({ headers }: FastifyRequest) => {
        const caller = await services.verifier.verify(headers.authorization);
        await services.access.admit(caller, OPERATIONS.createApplication.requirement);
      },
      handler: async (request, reply) => {
        const answer = await handlers[id as EmulatorOperationId](request);
        reply.header('cache-control', 'no-store');
        return answer ?? reply.status(204).send();
      },
    });
  }
}

type Answer = WireFaults | WireClock | WireJournal | { machines: number } | null;

function handlersOf({ rules, journal, time, advance, reset }: Controls) {
  const inTurn = queue();
  const clock = (): WireClock => ({
    now: wireTime(instantFrom(time.wall())),
    aheadMilliseconds: time.ahead(),
  });
  const handlers: Readonly<
    Record<EmulatorOperationId, (request: FastifyRequest) => Answer | Promise<Answer>>
  > = {
    getFaults: () => rules.show(),
    setFaults: ({ body }) => {
      rules.replace(checkedRules(body));
      return rules.show();
    },
    clearFaults: () => {
      rules.replace(NO_RULES);
      return null;
    },
    getClock: clock,
    advanceClock: ({ body }) =>
      inTurn(async () => {
        await advance(checkedAdvance(body, time.ahead()));
        return clock();
      }),
    listJournal: ({ query }) => journal.list(filterOf(query as Record<string, unknown>)),
    clearJournal: () => {
      journal.clear();
      return null;
    },
    reset: () => inTurn(async () => ({ machines: await reset() })),
  };
  return handlers;
}

/** One after the other, so that two resets at once leave one fleet. */
function queue() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.catch(() => {}).then(work);
    last = next;
    return next;
  };
}

function checkedRules(body: unknown): GivenRules {
  const rules = rulesOf(body);
  if ('read' in rules) return rules;
  throw refusal('InvalidInput', rules.join(' '));
}

function checkedAdvance(body: unknown, ahead: number): number {
  const { Advance: written, ...rest } = (body ?? {}) as Record<string, unknown>;
  const milliseconds = typeof written === 'string' ? durationOf(written) : null;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined)
    throw refusal('InvalidRequestBody', `Invalid request body. The property ${unknown} is not known.`);
  if (milliseconds === null || milliseconds < ADVANCE.least) {
    throw refusal(
      'InvalidInput',
      'Advance must be an ISO 8601 duration of at least PT1S, such as PT1H or P3D; the clock never goes back, save by a reset.',
    );
  }
  if (ahead + milliseconds > ADVANCE.most)
    throw refusal('InvalidInput', 'The clock would be more than P3650D ahead; a reset puts it back.');
  return milliseconds;
}
