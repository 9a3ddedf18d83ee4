import type { WireWebhook } from '../../contract/webhook.ts';
import type { Client } from '../../sdk/client.ts';
import { findNamed } from './named.ts';

/** How a verb's argument that names a webhook is described. */
export const WEBHOOK = {
  name: 'webhook',
  description: 'name of the webhook, its id, or the first 8 or more characters of it',
};
export const DELIVERY = { name: 'delivery', description: 'id of a delivery, evt_…', optional: true };

/** The webhook that was written as its name or id. */
export async function findWebhook(client: Client, written: string): Promise<WireWebhook> {
  return findNamed('webhook', await client.webhooks.list(), written, ({ id, name }) => ({ id, name }));
}
