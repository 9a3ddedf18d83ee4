import { ATTEMPT_ERRORS, MOST_WEBHOOKS, OVERLAP_HOURS, type WireWebhookTest } from '../contract/webhook.ts';
import { CordonError } from '../domain/error.ts';
import {
  type AttemptResult,
  type Delivery,
  type DeliveryAttempt,
  type DeliveryKey,
  messageOf,
  type Webhook,
} from '../domain/webhook.ts';
import type { WebhookStore } from '../store/port.ts';
import { notFound } from './actions.ts';
import { type Call, requestorOf } from './call.ts';
import { type Clock, instantAfter } from './clock.ts';
import { requireText } from './comment.ts';
import { afterOf, checkedAfter, checkedRange, checkedTop, type DeliveryQuery } from './delivery-query.ts';

export interface WebhooksDependencies {
  readonly store: WebhookStore;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly newSecret: () => string;
  /** Why a webhook cannot have the address, with the remedy; null when it can. */
  readonly refusal: (url: URL) => string | null;
  /** Sends a test message now. */
  readonly test: (webhook: Webhook) => Promise<{ result: AttemptResult; milliseconds: number }>;
  /** Says that there may be something to deliver. */
  readonly wake: () => void;
}

export type Webhooks = ReturnType<typeof createWebhooks>;

/** Deliveries replayed, or removed, by one unit. */
const PORTION = 500;
const HOUR = 3_600_000;
/** Milliseconds after which no unit that was under way at a deletion can still write deliveries. */
const SETTLED = 60_000;

/** Webhooks of a tenant, with what became of their deliveries. */
export function createWebhooks(dependencies: WebhooksDependencies) {
  const { store, clock, newId, newSecret, refusal, test, wake } = dependencies;

  /** @throws CordonError `ResourceNotFound` */
  const get = async (tenantId: string, id: string): Promise<Webhook> => {
    const webhook = await store.webhook(tenantId, id.toLowerCase());
    if (webhook === null) throw notFound('Webhook', id);
    return webhook;
  };

  /** @throws CordonError `ResourceNotFound` */
  const getDelivery = async (tenantId: string, id: string, deliveryId: string): Promise<Delivery> => {
    const { id: webhookId } = await get(tenantId, id);
    const named = messageOf(deliveryId.toLowerCase());
    const delivery = named === null ? null : await store.delivery({ tenantId, webhookId, ...named });
    if (delivery === null) throw notFound('Delivery', deliveryId);
    return delivery;
  };

  const checkedUrl = (written: string): string => {
    const url = URL.canParse(written) ? new URL(written) : null;
    const reason = url === null ? 'An absolute https address is expected.' : refusal(url);
    if (url === null || reason !== null)
      throw new CordonError('InvalidInput', `Invalid input url. ${reason}`);
    return url.href;
  };

  return {
    get,

    list: (tenantId: string) => store.webhooks(tenantId),

    /** The one answer with the secret. @throws CordonError `InvalidInput`, `DisallowedOperation` */
    async create(call: Call, input: { name: string; url: string }): Promise<Webhook> {
      const webhook: Webhook = {
        tenantId: call.caller.tenantId,
        id: newId(),
        name: checkedName(input.name),
        url: checkedUrl(input.url),
        secret: newSecret(),
        previousSecret: null,
        previousUntil: null,
        createdAt: clock.now(),
        createdBy: requestorOf(call.caller),
        disabledAt: null,
        disabledBecause: null,
      };
      if (await store.createWebhook(webhook, MOST_WEBHOOKS)) return webhook;
      throw new CordonError(
        'DisallowedOperation',
        `A tenant has at most ${MOST_WEBHOOKS} webhooks; delete one first.`,
      );
    },

    /** @throws CordonError `InvalidInput`, `ResourceNotFound` */
    async change(
      tenantId: string,
      id: string,
      input: { name?: string; url?: string; enabled?: boolean },
    ): Promise<Webhook> {
      const { id: found } = await get(tenantId, id);
      const change = {
        name: input.name === undefined ? null : checkedName(input.name),
        url: input.url === undefined ? null : checkedUrl(input.url),
        enabled: input.enabled ?? null,
        at: clock.now(),
      };
      if (!(await store.changeWebhook(tenantId, found, change))) throw notFound('Webhook', id);
      wake();
      return get(tenantId, found);
    },

    /** @throws CordonError `ResourceNotFound` */
    async remove(tenantId: string, id: string): Promise<void> {
      if (!(await store.deleteWebhook(tenantId, id.toLowerCase(), clock.now())))
        throw notFound('Webhook', id);
    },

    /**
     * Makes a secret, in this answer only; the one before signs too for `overlapHours`.
     * @throws CordonError `ResourceNotFound`, `DisallowedOperation` when somebody else rotates at the same moment
     */
    async rotate(
      tenantId: string,
      id: string,
      overlapHours: number = OVERLAP_HOURS.preset,
    ): Promise<Webhook> {
      const webhook = await get(tenantId, id);
      const until = instantAfter(clock.milliseconds(), overlapHours * HOUR);
      const change = { from: webhook.secret, to: newSecret(), until };
      if (!(await store.rotateWebhookSecret(tenantId, webhook.id, change))) {
        throw new CordonError('DisallowedOperation', 'Somebody else has rotated the secret just now.');
      }
      return { ...webhook, secret: change.to, previousSecret: webhook.secret, previousUntil: until };
    },

    /** @throws CordonError `ResourceNotFound` */
    async test(tenantId: string, id: string): Promise<WireWebhookTest> {
      const { result, milliseconds } = await test(await get(tenantId, id));
      const status = 'status' in result ? result.status : null;
      const error = 'error' in result ? result.error : null;
      const delivered = status !== null && status >= 200 && status < 300;
      const answered = delivered
        ? null
        : `the receiver answered ${status}; 200 to 299 means that it took the message`;
      return {
        delivered,
        status,
        error,
        message: error === null ? answered : ATTEMPT_ERRORS[error],
        milliseconds,
      };
    },

    /** A page, newest first. @throws CordonError `ResourceNotFound`, `InvalidInput` */
    async deliveries(
      tenantId: string,
      id: string,
      query: DeliveryQuery,
    ): Promise<{ deliveries: readonly Delivery[]; next: string | null }> {
      const webhook = await get(tenantId, id);
      const top = checkedTop(query.top);
      const found = await store.deliveries(
        tenantId,
        webhook.id,
        checkedRange(query),
        query.after === null ? null : checkedAfter(query.after),
        top + 1,
      );
      const deliveries = found.slice(0, top);
      const last = deliveries.at(-1);
      return { deliveries, next: found.length > top && last !== undefined ? afterOf(last) : null };
    },

    /** @throws CordonError `ResourceNotFound` */
    async delivery(
      tenantId: string,
      id: string,
      deliveryId: string,
    ): Promise<{ delivery: Delivery; attempts: readonly DeliveryAttempt[] }> {
      const delivery = await getDelivery(tenantId, id, deliveryId);
      return { delivery, attempts: await store.deliveryAttempts(delivery) };
    },

    /** Sends one again, or now where it waits. @throws CordonError `ResourceNotFound`, `DisallowedOperation` while it is under way */
    async replayOne(tenantId: string, id: string, deliveryId: string): Promise<Delivery> {
      const key: DeliveryKey = await getDelivery(tenantId, id, deliveryId);
      if (!(await store.replayDelivery(key, clock.now()))) {
        throw new CordonError('DisallowedOperation', 'An attempt of this delivery is under way.');
      }
      wake();
      return getDelivery(tenantId, id, deliveryId);
    },

    /** Sends what has ended again, in order; returns how many. @throws CordonError `ResourceNotFound`, `InvalidInput` */
    async replay(
      tenantId: string,
      id: string,
      input: { since: string; until?: string; state?: string },
    ): Promise<number> {
      const webhook = await get(tenantId, id);
      const asked = checkedRange({
        since: input.since,
        until: input.until ?? null,
        state: input.state ?? null,
      });
      // One instant for all portions: what is sent again and ends meanwhile is not sent once more.
      const now = clock.now();
      let replayed = 0;
      for (let more = true; more; ) {
        const some = await store.replayDeliveries(tenantId, webhook.id, asked, now, PORTION);
        replayed += some;
        more = some === PORTION;
      }
      wake();
      return replayed;
    },

    /** Removes a portion of what deleted webhooks have left; returns how many deliveries. */
    async purge(): Promise<number> {
      const before = instantAfter(clock.milliseconds(), -SETTLED);
      let removed = 0;
      for (const { tenantId, id } of await store.deletedWebhooks()) {
        removed += await store.purgeWebhook(tenantId, id, before, PORTION);
      }
      return removed;
    },
  };
}

function checkedName(written: string): string {
  requireText('name', written);
  if (written.trim() === '') throw new CordonError('MissingRequiredParameter', 'Parameter name is missing.');
  return written;
}
