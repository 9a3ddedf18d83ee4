import type { Delivery } from '../../../src/domain/webhook.ts';
import type { DeliveryRange, EndedAttempt, Store } from '../../../src/store/port.ts';
import { at, enrolMachines, makeMachine } from '../../kit/store.ts';
import { makeWebhook } from '../../kit/webhook.ts';
import type { OpenStore } from '../conformance.ts';

export const ALL: DeliveryRange = { state: null, since: null, until: null };

/** A store with so many machines. */
export const fleet = async (open: OpenStore, machines: number): Promise<Store> => {
  const store = await open();
  await enrolMachines(
    store,
    Array.from({ length: machines }, (_, index) => makeMachine(index + 1)),
  );
  return store;
};
/** Takes what is due for the webhook, for a minute. */
export const claim = async (store: Store, seconds: number, lease = 'lease', limit = 10) =>
  (
    await store.claimDeliveries(makeWebhook(), {
      now: at(seconds),
      until: at(seconds + 60),
      lease,
      limit,
    })
  ).deliveries;
/** Ends an attempt, with success unless told otherwise. */
export const end = (
  store: Store,
  delivery: Delivery,
  seconds: number,
  outcome: Partial<EndedAttempt['outcome']> = {},
  lease = 'lease',
) =>
  store.endAttempt({
    delivery,
    lease,
    attempt: { number: delivery.attempts, at: at(seconds), milliseconds: 12, status: 200, error: null },
    outcome: { state: 'delivered', failures: 0, dueAt: null, gone: false, ...outcome },
    at: at(seconds),
  });
export const revisions = (deliveries: readonly Delivery[]) => deliveries.map(({ revision }) => revision);
