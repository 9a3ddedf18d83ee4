import type {
  DeliveryState,
  WireDelivery,
  WireDeliveryDetails,
  WireReplayed,
  WireWebhook,
  WireWebhookSecret,
  WireWebhookTest,
} from '../contract/webhook.ts';
import type { Transport } from './transport.ts';

/** Which deliveries; times are ISO 8601. */
export interface DeliveryQuery {
  readonly state?: DeliveryState | undefined;
  /** Transitions at this time or later, and before that one. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** At most this many in all; every one when left out. */
  readonly top?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Who is told what happens to actions; needs `Cordon.Manage.All`. Cordon only. */
export interface WebhookVerbs {
  readonly webhooks: {
    list(): Promise<WireWebhook[]>;
    get(id: string): Promise<WireWebhook>;
    /** The secret is in no other answer. */
    create(body: { name: string; url: string }): Promise<WireWebhookSecret>;
    /** What is left out stays as it is. Disabled, it is sent nothing; what happens meanwhile waits. */
    change(id: string, body: { name?: string; url?: string; enabled?: boolean }): Promise<WireWebhook>;
    delete(id: string): Promise<void>;
    /** The secret before signs too for `overlapHours`, 0 to 168; 24 when left out. */
    rotateSecret(id: string, overlapHours?: number): Promise<WireWebhookSecret>;
    /** Sends a test message and waits for the answer, 15 seconds at most. */
    test(id: string): Promise<WireWebhookTest>;
    /** Newest first. */
    deliveries(id: string, query?: DeliveryQuery): AsyncGenerator<WireDelivery, void, undefined>;
    /** With its attempts. */
    delivery(id: string, deliveryId: string): Promise<WireDeliveryDetails>;
    /** Sends one again, or at once where it waits. */
    replayDelivery(id: string, deliveryId: string): Promise<WireDelivery>;
    /** Sends those again that have ended. */
    replay(
      id: string,
      body: { since: string; until?: string; state?: 'delivered' | 'failed' },
    ): Promise<WireReplayed>;
  };
}

interface DeliveryPage {
  readonly value: WireDelivery[];
  readonly '@odata.nextLink'?: string;
}

/** Entries of one page at the most. */
const PAGE_MAXIMUM = 1000;

export function webhookVerbs(call: Transport): WebhookVerbs {
  return {
    webhooks: {
      list: async () => (await call<{ value: WireWebhook[] }>('listWebhooks')).value,
      get: (id) => call('getWebhook', { parameters: { id } }),
      create: (body) => call('createWebhook', { body }),
      change: (id, body) => call('changeWebhook', { parameters: { id }, body }),
      delete: (id) => call('deleteWebhook', { parameters: { id } }),
      rotateSecret: (id, overlapHours) =>
        call('rotateWebhookSecret', {
          parameters: { id },
          body: overlapHours === undefined ? {} : { overlapHours },
        }),
      test: (id) => call('testWebhook', { parameters: { id }, body: {} }),
      deliveries: (id, query = {}) => deliveries(call, id, query),
      delivery: (id, deliveryId) => call('getWebhookDelivery', { parameters: { id, deliveryId } }),
      replayDelivery: (id, deliveryId) =>
        call('replayWebhookDelivery', { parameters: { id, deliveryId }, body: {} }),
      replay: (id, body) => call('replayWebhookDeliveries', { parameters: { id }, body }),
    },
  };
}

async function* deliveries(
  call: Transport,
  id: string,
  { state, since, until, top = Number.POSITIVE_INFINITY, signal }: DeliveryQuery,
): AsyncGenerator<WireDelivery, void, undefined> {
  if (top < 1) return;
  let query = new URLSearchParams();
  for (const [name, value] of Object.entries({ state, since, until }))
    if (value !== undefined) query.set(name, value);
  query.set('$top', String(Math.min(top, PAGE_MAXIMUM)));
  for (let seen = 0; ; ) {
    const page = await call<DeliveryPage>('listWebhookDeliveries', { parameters: { id }, query, signal });
    for (const entry of page.value) {
      yield entry;
      seen += 1;
      if (seen >= top) return;
    }
    const link = page['@odata.nextLink'];
    if (link === undefined) return;
    // Of the link only the query is used: a token must not follow it to another host.
    query = new URL(link, 'http://next.invalid').searchParams;
  }
}
