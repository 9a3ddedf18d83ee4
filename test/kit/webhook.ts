import type { Webhook } from '../../src/domain/webhook.ts';
import { at, TENANT } from './store.ts';

export const makeWebhook = (change: Partial<Webhook> = {}): Webhook => ({
  tenantId: TENANT,
  id: 'webhook-1',
  name: 'soar',
  url: 'https://soar.example.org/hooks',
  secret: 'whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=',
  previousSecret: null,
  previousUntil: null,
  createdAt: at(0),
  createdBy: 'ana@cordon.test',
  disabledAt: null,
  disabledBecause: null,
  ...change,
});
