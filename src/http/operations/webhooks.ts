import { OPERATIONS } from '../../contract/operations.ts';
import type { WireDeliveryDetails, WireReplayed } from '../../contract/webhook.ts';
import { handler } from '../handler.ts';
import {
  wireDelivery,
  wireDeliveryAttempt,
  wireWebhook,
  wireWebhookSecret,
} from '../representation/webhook.ts';

export const listWebhooks = handler(OPERATIONS.listWebhooks, async ({ call, services }) => ({
  value: (await services.webhooks.list(call.caller.tenantId)).map(wireWebhook),
}));

export const createWebhook = handler(OPERATIONS.createWebhook, async ({ call, services, body }) =>
  wireWebhookSecret(await services.webhooks.create(call, body as { name: string; url: string })),
);

export const getWebhook = handler(OPERATIONS.getWebhook, async ({ call, services, parameters }) =>
  wireWebhook(await services.webhooks.get(call.caller.tenantId, parameters.id ?? '')),
);

export const changeWebhook = handler(
  OPERATIONS.changeWebhook,
  async ({ call, services, parameters, body }) => {
    const input = body as { name?: string; url?: string; enabled?: boolean };
    return wireWebhook(await services.webhooks.change(call.caller.tenantId, parameters.id ?? '', input));
  },
);

export const deleteWebhook = handler(OPERATIONS.deleteWebhook, async ({ call, services, parameters }) => {
  await services.webhooks.remove(call.caller.tenantId, parameters.id ?? '');
  return null;
});

export const rotateWebhookSecret = handler(
  OPERATIONS.rotateWebhookSecret,
  async ({ call, services, parameters, body }) => {
    const { overlapHours } = body as { overlapHours?: number };
    return wireWebhookSecret(
      await services.webhooks.rotate(call.caller.tenantId, parameters.id ?? '', overlapHours),
    );
  },
);

export const testWebhook = handler(OPERATIONS.testWebhook, ({ call, services, parameters }) =>
  services.webhooks.test(call.caller.tenantId, parameters.id ?? ''),
);

export const listWebhookDeliveries = handler(OPERATIONS.listWebhookDeliveries, async (operation) => {
  const { call, services, parameters, config, path, rawQuery } = operation;
  const query = new URLSearchParams(rawQuery);
  const page = await services.webhooks.deliveries(call.caller.tenantId, parameters.id ?? '', {
    state: query.get('state'),
    since: query.get('since'),
    until: query.get('until'),
    top: query.get('$top'),
    after: query.get('$skiptoken'),
  });
  const value = page.deliveries.map(wireDelivery);
  if (page.next === null) return { value };
  query.set('$skiptoken', page.next);
  return { value, '@odata.nextLink': `${config.publicUrl()}${path}?${query}` };
});

export const getWebhookDelivery = handler(
  OPERATIONS.getWebhookDelivery,
  async ({ call, services, parameters }) => {
    const { id = '', deliveryId = '' } = parameters;
    const { delivery, attempts } = await services.webhooks.delivery(call.caller.tenantId, id, deliveryId);
    return {
      ...wireDelivery(delivery),
      attemptLog: attempts.map(wireDeliveryAttempt),
    } satisfies WireDeliveryDetails;
  },
);

export const replayWebhookDelivery = handler(
  OPERATIONS.replayWebhookDelivery,
  async ({ call, services, parameters }) => {
    const { id = '', deliveryId = '' } = parameters;
    return wireDelivery(await services.webhooks.replayOne(call.caller.tenantId, id, deliveryId));
  },
);

export const replayWebhookDeliveries = handler(
  OPERATIONS.replayWebhookDeliveries,
  async ({ call, services, parameters, body }) => {
    const input = body as { since: string; until?: string; state?: string };
    const replayed = await services.webhooks.replay(call.caller.tenantId, parameters.id ?? '', input);
    return { replayed } satisfies WireReplayed;
  },
);
