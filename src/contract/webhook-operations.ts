import { WEBHOOK_BODIES } from './cordon.ts';
import { cordon, type Operation } from './operation.ts';
import { OF_DELIVERIES } from './parameters.ts';
import { list, page } from './reply.ts';
import { MANAGE } from './requirements.ts';
import {
  DELIVERY,
  DELIVERY_DETAILS,
  REPLAYED,
  WEBHOOK,
  WEBHOOK_SECRET,
  WEBHOOK_TEST,
} from './webhook-replies.ts';

/** The rows of `/cordon/v1/webhooks`. */
export const WEBHOOK_OPERATIONS = {
  listWebhooks: cordon('listWebhooks', 'GET', '/webhooks', 'List webhooks', MANAGE, { reply: list(WEBHOOK) }),
  createWebhook: cordon(
    'createWebhook',
    'POST',
    '/webhooks',
    'Create a webhook that is told every transition; its secret is shown once',
    MANAGE,
    { success: 201, body: WEBHOOK_BODIES.create, reply: WEBHOOK_SECRET },
  ),
  getWebhook: cordon('getWebhook', 'GET', '/webhooks/:id', 'Get one webhook', MANAGE, { reply: WEBHOOK }),
  changeWebhook: cordon(
    'changeWebhook',
    'PATCH',
    '/webhooks/:id',
    'Change the name or address of a webhook, disable or enable it',
    MANAGE,
    { body: WEBHOOK_BODIES.change, reply: WEBHOOK },
  ),
  deleteWebhook: cordon(
    'deleteWebhook',
    'DELETE',
    '/webhooks/:id',
    'Delete a webhook with its deliveries',
    MANAGE,
    { success: 204, reply: null },
  ),
  rotateWebhookSecret: cordon(
    'rotateWebhookSecret',
    'POST',
    '/webhooks/:id/secrets',
    'Make a new secret, shown once; the one before signs too for some hours',
    MANAGE,
    { success: 201, body: WEBHOOK_BODIES.rotate, reply: WEBHOOK_SECRET },
  ),
  testWebhook: cordon(
    'testWebhook',
    'POST',
    '/webhooks/:id/test',
    'Send a test message now, and tell how it ended',
    MANAGE,
    { body: WEBHOOK_BODIES.test, reply: WEBHOOK_TEST },
  ),
  listWebhookDeliveries: cordon(
    'listWebhookDeliveries',
    'GET',
    '/webhooks/:id/deliveries',
    'List the deliveries of a webhook, newest first',
    MANAGE,
    { reply: page('WebhookDeliveryCollection', DELIVERY), parameters: OF_DELIVERIES },
  ),
  getWebhookDelivery: cordon(
    'getWebhookDelivery',
    'GET',
    '/webhooks/:id/deliveries/:deliveryId',
    'Get one delivery with its attempts',
    MANAGE,
    { reply: DELIVERY_DETAILS },
  ),
  replayWebhookDelivery: cordon(
    'replayWebhookDelivery',
    'POST',
    '/webhooks/:id/deliveries/:deliveryId/replay',
    'Send one delivery again',
    MANAGE,
    { body: WEBHOOK_BODIES.replayOne, reply: DELIVERY },
  ),
  replayWebhookDeliveries: cordon(
    'replayWebhookDeliveries',
    'POST',
    '/webhooks/:id/replay',
    'Send the ended deliveries of a period again',
    MANAGE,
    { body: WEBHOOK_BODIES.replay, reply: REPLAYED },
  ),
} as const satisfies Record<string, Operation>;
