import type { DeliveryKey } from '../domain/webhook.ts';
import { changed } from './actions.ts';
import type { Outbox } from './outbox.ts';
import type { DeliveryRange, WebhookStore } from './port.ts';
import { fromFlag, text } from './records/value.ts';
import { attemptFrom, deliveryFrom, webhookFrom, webhookParams } from './records/webhook.ts';
import { guard, type Row, type Sql, step, type Value } from './sql.ts';
import { DELIVERIES, WEBHOOKS } from './statements/webhooks.ts';

/** Due deliveries that are looked at, whether they must be put off, with each claim. */
const LOOKED_AT = 500;
/** Later than every instant. */
const END = '~';

const keyOf = ({ tenantId, webhookId, actionId, revision }: DeliveryKey): Value[] => [
  tenantId,
  webhookId,
  actionId,
  revision,
];
const rangeOf = ({ state, since, until }: DeliveryRange): Value[] => [state ?? '', since ?? '', until ?? END];

/** What {@link WebhookStore} promises, over any engine. */
export function webhookStore(sql: Sql, outbox: Outbox): WebhookStore {
  const did = async (...unit: Parameters<typeof guard>): Promise<boolean> =>
    (await sql.batch([guard(...unit)])).done;

  return {
    createWebhook: (webhook, most) =>
      outbox.changing(webhook.tenantId, () => did(WEBHOOKS.create, [...webhookParams(webhook), most])),
    async webhook(tenantId, id) {
      const row = (await sql.all(WEBHOOKS.one, [tenantId, id]))[0];
      return row === undefined ? null : webhookFrom(row);
    },
    async webhooks(tenantId) {
      return (await sql.all(WEBHOOKS.all, [tenantId])).map(webhookFrom);
    },
    changeWebhook: (tenantId, id, { name, url, enabled, at }) =>
      did(WEBHOOKS.change, [tenantId, id, name, url, enabled === null ? null : fromFlag(enabled), at]),
    rotateWebhookSecret: (tenantId, id, { from, to, until }) =>
      did(WEBHOOKS.rotate, [tenantId, id, from, to, until]),
    deleteWebhook: (tenantId, id, at) => did(WEBHOOKS.delete, [tenantId, id, at]),
    async deletedWebhooks() {
      const rows = await sql.all(WEBHOOKS.deleted, []);
      return rows.map((row) => ({ tenantId: text(row.tenant_id), id: text(row.id) }));
    },
    async purgeWebhook(tenantId, id, deletedBefore, limit) {
      const portion = [tenantId, id, limit];
      const outcome = await sql.batch([
        step(DELIVERIES.removeAttempts, portion),
        step(DELIVERIES.remove, portion),
        step(WEBHOOKS.forget, [tenantId, id, deletedBefore]),
      ]);
      return outcome.done ? (outcome.results[1] as number) : 0;
    },

    async deliveries(tenantId, webhookId, range, after, limit) {
      const from = after === null ? [END, END, 0] : [after.createdAt, after.actionId, after.revision];
      const params = [tenantId, webhookId, ...rangeOf(range), ...from, limit];
      return (await sql.all(DELIVERIES.list, params)).map(deliveryFrom);
    },
    async delivery(key) {
      const row = (await sql.all(DELIVERIES.one, keyOf(key)))[0];
      return row === undefined ? null : deliveryFrom(row);
    },
    async deliveryAttempts(key) {
      return (await sql.all(DELIVERIES.attempts, keyOf(key))).map(attemptFrom);
    },
    replayDelivery: (key, now) => did(DELIVERIES.replay, [...keyOf(key), now]),
    async replayDeliveries(tenantId, webhookId, range, now, limit) {
      const params = [tenantId, webhookId, ...rangeOf(range), now, limit];
      return changed(await sql.batch([step(DELIVERIES.replaySome, params)]));
    },

    async dueWebhooks(now) {
      return (await sql.all(WEBHOOKS.due, [now])).map(webhookFrom);
    },
    async claimDeliveries({ tenantId, id }, { now, until, lease, limit }) {
      const outcome = await sql.batch([
        step(DELIVERIES.park, [tenantId, id, now, LOOKED_AT]),
        step(DELIVERIES.claim, [tenantId, id, now, until, lease, limit]),
      ]);
      if (!outcome.done) return { deliveries: [], more: false };
      const [parked, claimed] = outcome.results as [number, readonly Row[]];
      return { deliveries: claimed.map(deliveryFrom), more: claimed.length === 0 && parked > 0 };
    },
    async endAttempt({ delivery, lease, attempt, outcome, at }) {
      const key = keyOf(delivery);
      const { state, failures, dueAt } = outcome;
      const { number, milliseconds, status, error } = attempt;
      const endedAt = dueAt === null ? at : null;
      return (
        await sql.batch([
          guard(DELIVERIES.end, [...key, lease, state, failures, dueAt, endedAt, status, error]),
          step(DELIVERIES.logAttempt, [...key, number, attempt.at, milliseconds, status, error]),
          ...(dueAt === null ? [step(DELIVERIES.wakeNext, [...key, at])] : []),
          ...(outcome.gone ? [step(WEBHOOKS.disable, [delivery.tenantId, delivery.webhookId, at])] : []),
        ])
      ).done;
    },
    releaseDelivery: (key, lease, now) => did(DELIVERIES.release, [...keyOf(key), lease, now]),
    async releaseDeliveries(now) {
      return changed(await sql.batch([step(DELIVERIES.releaseAll, [now])]));
    },
    onDeliveries: outbox.onDeliveries,
  };
}
