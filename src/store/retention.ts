import type { ActionStore, RetentionStore } from './port.ts';
import { eventFrom } from './records/action.ts';
import { text } from './records/value.ts';
import { guard, type Sql, step } from './sql.ts';
import { eventsOfActions, RETENTION } from './statements/retention.ts';
import { OF_ACTION } from './statements/webhooks.ts';

/** What {@link RetentionStore} promises, over any engine. */
export function retentionStore(sql: Sql): RetentionStore & Pick<ActionStore, 'eventsOfActions'> {
  return {
    async endedActions(tenantId, before, after, limit) {
      const params = [tenantId, before, after?.createdAt ?? '', after?.id ?? '', limit];
      const rows = await sql.all(RETENTION.ended, params);
      return rows.map((row) => ({ id: text(row.id), createdAt: text(row.created_at) }));
    },
    async removeAction(tenantId, id, before) {
      const unit = [
        guard(RETENTION.remove, [tenantId, id, before]),
        step(RETENTION.removeEvents, [tenantId, id]),
        step(OF_ACTION.attempts, [tenantId, id]),
        step(OF_ACTION.deliveries, [tenantId, id]),
      ];
      return (await sql.batch(unit)).done;
    },
    async eventsOfActions(tenantId, ids) {
      if (ids.length === 0) return new Map();
      const rows = await sql.all(eventsOfActions(ids.length), [tenantId, ...ids]);
      return Map.groupBy(rows.map(eventFrom), ({ actionId }) => actionId);
    },
  };
}
