/** Several processes that deliver from one database: what one has taken, no other sends. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { after, before, describe, test } from 'node:test';
import { wireMachineAction } from '../../src/http/representation/machine-action.ts';
import { clockOf } from '../../src/service/clock.ts';
import type { Store } from '../../src/store/port.ts';
import { openPostgresStore } from '../../src/store/postgres/index.ts';
import { addressPolicy } from '../../src/webhook/addresses.ts';
import { createDispatcher } from '../../src/webhook/dispatcher.ts';
import { createSend } from '../../src/webhook/send.ts';
import { type PostgresServer, startPostgres, whyNoPostgres } from '../kit/postgres.ts';
import { firstArrivals, startReceiver } from '../kit/receiver.ts';
import { enrolMachines, makeAction, makeMachine, makeTransition, mustRequest } from '../kit/store.ts';
import { makeWebhook } from '../kit/webhook.ts';

const ACTIONS = 40;
const faults: object[] = [];
const LOG = { info: () => {}, warn: () => {}, error: (fields: object) => void faults.push(fields) };

describe('several processes that deliver from one database', {
  skip: whyNoPostgres() ?? false,
  timeout: 120_000,
}, () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());

  const dispatcherOf = (store: Store) =>
    createDispatcher({
      store,
      clock: clockOf(() => performance.timeOrigin + performance.now()),
      log: LOG,
      newId: randomUUID,
      chance: () => 0,
      publicUrl: () => 'https://cordon.example.org',
      represent: wireMachineAction,
      send: createSend(addressPolicy([{ kind: 'range', address: '127.0.0.0', prefix: 8 }])),
      counted: () => {},
    });

  test('each transition is sent once, in order, while three look at the same moment', async () => {
    const url = await server.url('webhooks');
    await using first = await openPostgresStore(url);
    await using second = await openPostgresStore(url);
    await using third = await openPostgresStore(url);
    await using receiver = await startReceiver();
    await enrolMachines(
      first,
      Array.from({ length: ACTIONS }, (_, index) => makeMachine(index + 1)),
    );
    // Made by one process and known to the others at once, whatever they found before.
    await mustRequest(second, makeAction(1, makeMachine(1)));
    await first.createWebhook(makeWebhook({ url: receiver.url }), 10);
    const dispatchers = [first, second, third].map(dispatcherOf);
    for (const [index, store] of [first, second, third].entries())
      store.onDeliveries(dispatchers[index]!.wake);

    const write = async (number: number) => {
      const store = [first, second, third][number % 3]!;
      const action = await mustRequest(store, makeAction(number, makeMachine(number)));
      await store.advanceAction(makeTransition(action, 'InProgress', number + 1));
    };
    const numbers = Array.from({ length: ACTIONS - 1 }, (_, index) => index + 2);
    await Promise.all(numbers.map(write));
    const looking = setInterval(() => {
      for (const { wake } of dispatchers) wake();
    }, 20);
    try {
      await receiver.until((received) => received.length >= numbers.length * 2);
    } finally {
      clearInterval(looking);
      await Promise.all(dispatchers.map(({ stop }) => stop()));
    }

    assert.deepEqual(faults, []);
    const ids = receiver.received.map(({ message }) => message.id);
    assert.equal(new Set(ids).size, ids.length, 'nothing was sent twice');
    assert.equal(ids.length, numbers.length * 2);
    for (const [action, revisions] of firstArrivals(receiver.received)) {
      assert.deepEqual(revisions, [1, 2], action);
    }
  });
});
