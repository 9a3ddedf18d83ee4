import assert from 'node:assert/strict';
import test from 'node:test';
import type { Webhook } from '../../../src/domain/webhook.ts';
import {
  at,
  makeAction,
  makeMachine,
  makeTenant,
  makeTransition,
  mustRequest,
  OTHER_TENANT,
  TENANT,
} from '../../kit/store.ts';
import { makeWebhook } from '../../kit/webhook.ts';
import type { OpenStore } from '../conformance.ts';

import { ALL, claim, end, fleet } from './webhook-kit.ts';

export function webhookConformance(engine: string, open: OpenStore): void {
  const say = (sentence: string): string => `${engine}: ${sentence}`;

  test(say('a webhook is made, changed, and belongs to its tenant'), async () => {
    await using store = await open();
    await store.createTenant(makeTenant());
    const webhook = makeWebhook();
    assert.equal(await store.createWebhook(webhook, 1), true);
    assert.equal(await store.createWebhook(makeWebhook({ id: 'second' }), 1), false);
    assert.equal(await store.createWebhook(makeWebhook({ tenantId: OTHER_TENANT }), 1), true);
    assert.deepEqual(await store.webhooks(TENANT), [webhook]);
    assert.equal(await store.webhook(OTHER_TENANT, 'second'), null);

    const nothing = { name: null, url: null, enabled: null, at: at(1) };
    assert.equal(await store.changeWebhook(TENANT, webhook.id, nothing), true);
    assert.deepEqual(await store.webhook(TENANT, webhook.id), webhook);
    await store.changeWebhook(TENANT, webhook.id, { ...nothing, name: 'new', enabled: false });
    await store.changeWebhook(TENANT, webhook.id, { ...nothing, enabled: false, at: at(2) });
    const disabled: Partial<Webhook> = { name: 'new', disabledAt: at(1), disabledBecause: 'asked' };
    assert.deepEqual(await store.webhook(TENANT, webhook.id), { ...webhook, ...disabled });
    await store.changeWebhook(TENANT, webhook.id, { ...nothing, url: 'https://b.test/', enabled: true });
    assert.deepEqual(await store.webhook(TENANT, webhook.id), {
      ...webhook,
      name: 'new',
      url: 'https://b.test/',
    });
    assert.equal(await store.changeWebhook(TENANT, 'unknown', nothing), false);
    assert.deepEqual(await store.webhooks(OTHER_TENANT), [makeWebhook({ tenantId: OTHER_TENANT })]);
  });

  test(say('a secret is rotated from the present one only'), async () => {
    await using store = await open();
    const webhook = makeWebhook();
    await store.createWebhook(webhook, 9);
    const rotation = { from: webhook.secret, to: 'whsec_b', until: at(60) };
    assert.equal(await store.rotateWebhookSecret(TENANT, webhook.id, rotation), true);
    assert.equal(await store.rotateWebhookSecret(TENANT, webhook.id, rotation), false);
    assert.deepEqual(await store.webhook(TENANT, webhook.id), {
      ...webhook,
      secret: 'whsec_b',
      previousSecret: webhook.secret,
      previousUntil: at(60),
    });
  });

  test(say('each transition is queued for each webhook of its tenant, a disabled one too'), async () => {
    await using store = await fleet(open, 2);
    let told = 0;
    store.onDeliveries(() => {
      told += 1;
    });
    // What is not queued for anybody must not keep later ones from being queued.
    await mustRequest(store, makeAction(1, makeMachine(1)));
    assert.equal(told, 0);
    await store.createWebhook(makeWebhook(), 9);
    await store.createWebhook(makeWebhook({ id: 'second', disabledAt: at(0), disabledBecause: 'asked' }), 9);
    await store.createWebhook(makeWebhook({ tenantId: OTHER_TENANT }), 9);
    const action = await mustRequest(store, makeAction(2, makeMachine(2)));
    assert.equal(await store.advanceAction(makeTransition(action, 'InProgress', 3)), true);
    assert.equal(await store.advanceAction(makeTransition(action, 'Failed', 4)), false);
    assert.equal(told, 2);
    const deliveries = await store.deliveries(TENANT, 'webhook-1', ALL, null, 10);
    assert.deepEqual(deliveries, [
      {
        tenantId: TENANT,
        webhookId: 'webhook-1',
        actionId: action.id,
        revision: 2,
        status: 'InProgress',
        createdAt: at(3),
        state: 'waiting',
        attempts: 0,
        failures: 0,
        dueAt: at(3),
        endedAt: null,
        lastStatus: null,
        lastError: null,
      },
      { ...deliveries[1]!, revision: 1, status: 'Pending', createdAt: at(2) },
    ]);
    assert.equal((await store.deliveries(TENANT, 'second', ALL, null, 10)).length, 2);
    assert.deepEqual(await store.deliveries(OTHER_TENANT, 'webhook-1', ALL, null, 10), []);
    assert.deepEqual(
      (await store.dueWebhooks(at(10))).map(({ id }) => id),
      ['webhook-1'],
    );
    assert.deepEqual(await store.dueWebhooks(at(1)), []);
    const { deliveries: counted } = await store.tally(at(0));
    assert.deepEqual(counted, { count: 2, oldest: at(2) });
  });

  test(
    say('a webhook that is made while requests are under way misses none that come after it'),
    async () => {
      await using store = await fleet(open, 40);
      await mustRequest(store, makeAction(1, makeMachine(1)));
      const before = Array.from({ length: 15 }, (_, index) =>
        mustRequest(store, makeAction(index + 2, makeMachine(index + 2))),
      );
      const created = store
        .createWebhook(makeWebhook(), 9)
        .then(() =>
          Promise.all(
            Array.from({ length: 10 }, (_, index) =>
              mustRequest(store, makeAction(index + 30, makeMachine(index + 30))),
            ),
          ),
        );
      await Promise.all(before);
      const after = new Set((await created).map(({ id }) => id));
      const queued = await store.deliveries(TENANT, 'webhook-1', ALL, null, 100);
      const missed = [...after].filter((id) => !queued.some(({ actionId }) => actionId === id));
      assert.deepEqual(missed, []);
    },
  );

  test(say('an action is removed with its deliveries, when no enabled webhook waits for it'), async () => {
    await using store = await fleet(open, 1);
    await store.createWebhook(makeWebhook(), 9);
    const machine = makeMachine(1);
    // The two actions after it keep the control away from the first.
    for (const number of [1, 2, 3]) {
      const action = await mustRequest(store, makeAction(number, machine, { updatedAt: at(number) }));
      await store.advanceAction(makeTransition(action, 'Failed', number));
    }
    const { id } = makeAction(1, machine);
    assert.equal(await store.removeAction(TENANT, id, at(100)), false);
    for (let seconds = 10; ; seconds += 1) {
      const claimed = await claim(store, seconds);
      if (claimed.length === 0) break;
      for (const delivery of claimed) await end(store, delivery, seconds);
    }
    assert.equal(await store.removeAction(TENANT, id, at(100)), true);
    const left = await store.deliveries(TENANT, 'webhook-1', ALL, null, 10);
    assert.equal(left.length, 4);
    const key = { tenantId: TENANT, webhookId: 'webhook-1', actionId: id, revision: 1 };
    assert.deepEqual(await store.deliveryAttempts(key), []);
  });

  test(say('a deleted webhook is told nothing, and goes when its deliveries are removed'), async () => {
    await using store = await fleet(open, 3);
    await store.createWebhook(makeWebhook(), 9);
    await mustRequest(store, makeAction(1, makeMachine(1)));
    await mustRequest(store, makeAction(2, makeMachine(2)));
    const [delivery] = await claim(store, 5, 'lease', 1);
    await end(store, delivery!, 6, { state: 'waiting', failures: 1, dueAt: at(7) });
    assert.equal(await store.deleteWebhook(OTHER_TENANT, 'webhook-1', at(10)), false);
    assert.equal(await store.deleteWebhook(TENANT, 'webhook-1', at(10)), true);
    assert.equal(await store.deleteWebhook(TENANT, 'webhook-1', at(10)), false);
    assert.deepEqual(await store.webhooks(TENANT), []);
    assert.equal(await store.webhook(TENANT, 'webhook-1'), null);
    assert.deepEqual(await store.dueWebhooks(at(99)), []);
    await mustRequest(store, makeAction(3, makeMachine(3)));
    assert.deepEqual(await store.deletedWebhooks(), [{ tenantId: TENANT, id: 'webhook-1' }]);
    assert.equal(await store.purgeWebhook(TENANT, 'webhook-1', at(10), 1), 1);
    assert.equal(await store.purgeWebhook(TENANT, 'webhook-1', at(10), 5), 1);
    assert.equal((await store.deletedWebhooks()).length, 1);
    assert.equal(await store.purgeWebhook(TENANT, 'webhook-1', at(11), 5), 0);
    assert.deepEqual(await store.deletedWebhooks(), []);
    assert.deepEqual(await store.deliveryAttempts(delivery!), []);
  });
}
