import { setTimeout } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Hints } from '../service/hints.ts';

/** Milliseconds between two portions of devices that are sent on. */
const PORTION_EVERY = 100;
/** Milliseconds between two looks at what keeps a server that has stopped listening from ending. */
const LOOK_EVERY = 50;

/**
 * Serves on for some milliseconds, so that balancers notice, and sends the waiting devices on meanwhile, a portion at a
 * time: all of them at once would be a storm at the other processes. One that comes back here waits until the server stops.
 */
export async function drain(
  app: FastifyInstance,
  hints: Pick<Hints, 'waiting' | 'wakeSome'>,
  milliseconds: number,
): Promise<void> {
  // Whoever keeps a connection open finds another process with the next one.
  app.server.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false;
  });
  const portions = Math.ceil(milliseconds / PORTION_EVERY);
  const portion = Math.ceil(hints.waiting() / Math.max(1, portions));
  for (let turn = 0; turn < portions; turn += 1) {
    hints.wakeSome(portion);
    await setTimeout(milliseconds / portions);
  }
}

/**
 * Stops listening, and resolves when all that is under way is answered. Devices that wait are told when to come back once
 * nobody can come any more.
 */
export async function stop(app: FastifyInstance, hints: Pick<Hints, 'wakeSome'>): Promise<void> {
  const closed = app.close();
  const look = setInterval(() => {
    if (app.server.listening) return;
    hints.wakeSome(Number.POSITIVE_INFINITY);
    // A connection whose answer ends after the close began would be kept open for its next request.
    app.server.closeIdleConnections();
  }, LOOK_EVERY);
  await closed.finally(() => clearInterval(look));
}
