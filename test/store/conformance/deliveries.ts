import assert from 'node:assert/strict';
import test from 'node:test';
import type { Delivery } from '../../../src/domain/webhook.ts';
import type { DeliveryRange } from '../../../src/store/port.ts';
import {
  at,
  makeAction,
  makeMachine,
  makeTransition,
  mustRequest,
  OTHER_TENANT,
  TENANT,
} from '../../kit/store.ts';
import { makeWebhook } from '../../kit/webhook.ts';
import type { OpenStore } from '../conformance.ts';

import { ALL, claim, end, fleet, revisions } from './webhook-kit.ts';

export function deliveryConformance(engine: string, open: OpenStore): void {
  const say = (sentence: string): string => `${engine}: ${sentence}`;

  test(say('of an action the next transition is taken when the one before has ended'), async () => {
    await using store = await fleet(open, 2);
    await store.createWebhook(makeWebhook(), 9);
    const action = await mustRequest(store, makeAction(1, makeMachine(1)));
    await store.advanceAction(makeTransition(action, 'InProgress', 2));
    const [first, ...none] = await claim(store, 5);
    assert.deepEqual([first?.revision, first?.attempts, none], [1, 1, []]);
    assert.deepEqual(await claim(store, 6), []);
    // A failed attempt holds the next transition back as long as itself.
    await end(store, first!, 7, { state: 'waiting', failures: 1, dueAt: at(300) });
    assert.deepEqual(await claim(store, 299), []);
    const [again] = await claim(store, 300);
    assert.deepEqual([again?.revision, again?.failures, again?.attempts], [1, 1, 2]);
    await end(store, again!, 301);
    const [second] = await claim(store, 301);
    assert.equal(second?.revision, 2);
    await end(store, second!, 302, { state: 'failed', failures: 1 });
    assert.deepEqual(await claim(store, 9999), []);
    const attempts = await store.deliveryAttempts(first!);
    assert.deepEqual(
      attempts.map(({ number, status }) => [number, status]),
      [
        [1, 200],
        [2, 200],
      ],
    );
    assert.equal((await store.delivery(second!))?.state, 'failed');
  });

  test(
    say('a lease that is over is taken by somebody else, and its owner changes nothing more'),
    async () => {
      await using store = await fleet(open, 1);
      await store.createWebhook(makeWebhook(), 9);
      await mustRequest(store, makeAction(1, makeMachine(1)));
      const [mine] = await claim(store, 5, 'mine');
      assert.deepEqual(await claim(store, 64, 'theirs'), []);
      const [theirs] = await claim(store, 65, 'theirs');
      assert.equal(theirs?.attempts, 2);
      assert.equal(await end(store, mine!, 66, {}, 'mine'), false);
      assert.equal(await store.releaseDelivery(mine!, 'mine', at(66)), false);
      assert.equal((await store.delivery(mine!))?.state, 'waiting');
      assert.deepEqual(await store.deliveryAttempts(mine!), []);
      assert.equal(await store.releaseDelivery(theirs!, 'theirs', at(67)), true);
      assert.equal((await claim(store, 67, 'mine'))[0]?.attempts, 2);
      assert.equal(await store.releaseDeliveries(at(68)), 1);
      assert.equal((await claim(store, 68, 'new')).length, 1);
    },
  );

  test(
    say('what was put off for the transition before it is taken as soon as that one has ended'),
    async () => {
      await using store = await fleet(open, 1);
      await store.createWebhook(makeWebhook(), 9);
      const action = await mustRequest(store, makeAction(1, makeMachine(1)));
      const [first] = await claim(store, 5);
      await store.advanceAction(makeTransition(action, 'InProgress', 6));
      assert.deepEqual(await claim(store, 7), []);
      await end(store, first!, 8, { state: 'waiting', failures: 1, dueAt: at(300) });
      assert.deepEqual(await claim(store, 9), []);
      assert.equal((await store.delivery({ ...first!, revision: 2 }))?.dueAt, at(300));
      assert.equal(await store.replayDelivery(first!, at(10)), true);
      const [again] = await claim(store, 10);
      await end(store, again!, 11);
      assert.deepEqual(revisions(await claim(store, 11)), [2]);
    },
  );

  test(say('claims at one moment share what is due, and nothing is taken twice'), async () => {
    await using store = await fleet(open, 30);
    await store.createWebhook(makeWebhook(), 9);
    for (let number = 1; number <= 30; number += 1)
      await mustRequest(store, makeAction(number, makeMachine(number)));
    const taken = (
      await Promise.all(Array.from({ length: 12 }, (_, index) => claim(store, 100, `lease-${index}`, 5)))
    ).flat();
    const rest = await claim(store, 100, 'rest', 100);
    const ids = [...taken, ...rest].map(({ actionId }) => actionId);
    assert.equal(new Set(ids).size, 30);
    assert.equal(ids.length, 30);
  });

  test(say('a receiver that is gone disables its webhook, for which the rest waits'), async () => {
    await using store = await fleet(open, 2);
    await store.createWebhook(makeWebhook(), 9);
    await mustRequest(store, makeAction(1, makeMachine(1)));
    const [delivery] = await claim(store, 5);
    await end(store, delivery!, 6, { state: 'waiting', failures: 1, dueAt: at(7), gone: true });
    const webhook = await store.webhook(TENANT, 'webhook-1');
    assert.deepEqual([webhook?.disabledAt, webhook?.disabledBecause], [at(6), 'gone']);
    await mustRequest(store, makeAction(2, makeMachine(2)));
    assert.deepEqual(await store.dueWebhooks(at(99)), []);
    await store.changeWebhook(TENANT, 'webhook-1', { name: null, url: null, enabled: true, at: at(99) });
    assert.equal((await store.dueWebhooks(at(99))).length, 1);
    assert.equal((await claim(store, 99)).length, 2);
  });

  test(say('what has ended is replayed, one or a period, in order'), async () => {
    await using store = await fleet(open, 3);
    await store.createWebhook(makeWebhook(), 9);
    for (const number of [1, 2, 3]) await mustRequest(store, makeAction(number, makeMachine(number)));
    const [one, two, three] = await claim(store, 10);
    await end(store, one!, 11);
    await end(store, two!, 11, { state: 'failed', failures: 10 });
    assert.equal(await store.replayDelivery(three!, at(12)), false);
    await end(store, three!, 12);
    assert.equal(await store.replayDelivery(two!, at(13)), true);
    assert.deepEqual(await store.delivery(two!), {
      ...two!,
      state: 'waiting',
      failures: 0,
      dueAt: at(13),
      endedAt: null,
      lastStatus: 200,
    });
    await end(store, (await claim(store, 13))[0]!, 14, { state: 'failed' });
    const some = { state: 'delivered', since: at(2), until: null } as const;
    assert.equal(await store.replayDeliveries(TENANT, 'webhook-1', some, at(20), 10), 1);
    assert.deepEqual(
      (await claim(store, 20)).map(({ actionId }) => actionId),
      [three!.actionId],
    );
    const early = { state: null, since: at(0), until: at(3) } as const;
    assert.equal(await store.replayDeliveries(TENANT, 'webhook-1', early, at(21), 1), 1);
    assert.equal(await store.replayDeliveries(TENANT, 'webhook-1', early, at(21), 9), 1);
    assert.equal(await store.replayDeliveries(OTHER_TENANT, 'webhook-1', early, at(21), 9), 0);
    assert.equal((await claim(store, 21)).length, 2);
  });

  test(say('the list is filtered, and goes on after a row'), async () => {
    await using store = await fleet(open, 1);
    await store.createWebhook(makeWebhook(), 9);
    let action = await mustRequest(store, makeAction(1, makeMachine(1)));
    for (const [status, seconds] of [
      ['InProgress', 5],
      ['Succeeded', 5],
    ] as const) {
      await store.advanceAction(makeTransition(action, status, seconds));
      action = { ...action, status, revision: action.revision + 1 };
    }
    const list = (range: Partial<DeliveryRange>, after: Delivery | null = null, limit = 10) =>
      store.deliveries(TENANT, 'webhook-1', { ...ALL, ...range }, after, limit);
    const all = await list({});
    assert.deepEqual(revisions(all), [3, 2, 1]);
    assert.deepEqual(revisions(await list({}, all[0]!, 1)), [2]);
    assert.deepEqual(revisions(await list({ since: at(5) })), [3, 2]);
    assert.deepEqual(revisions(await list({ until: at(5) })), [1]);
    assert.deepEqual(await list({ state: 'delivered' }), []);
    await end(store, (await claim(store, 9))[0]!, 9);
    assert.deepEqual(revisions(await list({ state: 'delivered' })), [1]);
  });
}
