import { WEBHOOK_BODIES } from './cordon.ts';
import type { OwnOperation } from './operations.ts';
import type { Requirement } from './permissions.ts';

/** The rows of `/cordon/v1/webhooks`. */
export const webhookOperations = (cordon: OwnOperation, manage: Requirement) => ({
  listWebhooks: cordon('listWebhooks', 'GET', '/webhooks', 'List webhooks', manage),
  createWebhook: cordon(
    'createWebhook',
    'POST',
    '/webhooks',
    'Create a webhook that is told every transition; its secret is shown once',
    manage,
    { success: 201, body: WEBHOOK_BODIES.create },
  ),
  getWebhook: cordon('getWebhook', 'GET', '/webhooks/:id', 'Get one webhook', manage),
  changeWebhook: cordon(
    'changeWebhook',
    'PATCH',
    '/webhooks/:id',
    'Change the name or address of a webhook, disable or enable it',
    manage,
    { body: WEBHOOK_BODIES.change },
  ),
  deleteWebhook: cordon(
    'deleteWebhook',
    'DELETE',
    '/webhooks/:id',
    'Delete a webhook with its deliveries',
    manage,
    { success: 204 },
  ),
  rotateWebhookSecret: cordon(
    'rotateWebhookSecret',
    'POST',
    '/webhooks/:id/secrets',
    'Make a new secret, shown once; the one before signs too for some hours',
    manage,
    { success: 201, body: WEBHOOK_BODIES.rotate },
  ),
  testWebhook: cordon(
    'testWebhook',
    'POST',
    '/webhooks/:id/test',
    'Send a test message now, and tell how it ended',
    manage,
    { body: WEBHOOK_BODIES.test },
  ),
  listWebhookDeliveries: cordon(
    'listWebhookDeliveries',
    'GET',
    '/webhooks/:id/deliveries',
    'List the deliveries of a webhook, newest first',
    manage,
  ),
  getWebhookDelivery: cordon(
    'getWebhookDelivery',
    'GET',
    '/webhooks/:id/deliveries/:deliveryId',
    'Get one delivery with its attempts',
    manage,
  ),
  replayWebhookDelivery: cordon(
    'replayWebhookDelivery',
    'POST',
    '/webhooks/:id/deliveries/:deliveryId/replay',
    'Send one delivery again',
    manage,
    { body: WEBHOOK_BODIES.replayOne },
  ),
  replayWebhookDeliveries: cordon(
    'replayWebhookDeliveries',
    'POST',
    '/webhooks/:id/replay',
    'Send the ended deliveries of a period again',
    manage,
    { body: WEBHOOK_BODIES.replay },
  ),
});
