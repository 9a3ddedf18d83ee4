import { performance } from 'node:perf_hooks';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { WireJournalEntry } from '../../contract/emulator/journal.ts';
import { instantFrom } from '../../contract/time.ts';
import { callerOf, isApart, operationOf, pathOf } from '../seen.ts';
import type { Journal } from './journal.ts';
import { keptBody, keptHeaders, keptQuery, shortened } from './kept.ts';

/** Longest path that is kept, in UTF-16 units. */
const PATH_MAXIMUM = 2048;

/** Writes each call into the journal as it arrives, and completes the entry when it is over. */
export function journalHooks(app: FastifyInstance, journal: Journal, now: () => number): JournalNotes {
  const open = new WeakMap<FastifyRequest, WireJournalEntry>();

  app.addHook('onRequest', (request, reply, done) => {
    if (isApart(request)) return done();
    const startedAt = performance.now();
    const entry = journal.add({
      time: instantFrom(now()),
      correlationId: request.id,
      method: request.method,
      path: shortened(pathOf(request), PATH_MAXIMUM),
      query: keptQuery(request),
      operation: operationOf(request),
      application: null,
      user: null,
      headers: keptHeaders(request),
      body: null,
      bodyCut: false,
      status: null,
      outcome: 'underWay',
      fault: null,
      durationMilliseconds: null,
    });
    open.set(request, entry);
    // Also told of a connection that was broken, where Fastify's own hook is not.
    reply.raw.once('close', () => {
      const whole = reply.raw.writableFinished;
      Object.assign(entry, callerOf(request), keptBody(request, entry.operation), {
        status: whole ? reply.raw.statusCode : null,
        outcome: whole ? 'answered' : 'broken',
        durationMilliseconds: Math.round((performance.now() - startedAt) * 10) / 10,
      });
      journal.weigh(entry);
    });
    done();
  });

  return {
    fault(request, rule) {
      const entry = open.get(request);
      if (entry !== undefined) entry.fault = rule;
    },
  };
}

/** What others know of a call. */
export interface JournalNotes {
  fault(request: FastifyRequest, rule: string): void;
}
