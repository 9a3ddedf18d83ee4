import { type Dialect, type Statement, statement } from '../sql.ts';
import { ACTIVE } from './active.ts';

/** Each is served by an index that reads only what is counted. */
export const tallyReads = (
  dialect: Dialect,
): Readonly<Record<'active' | 'overdue' | 'deliveries', Statement>> => {
  const alive = (table: string) => {
    const condition = dialect.alive(table);
    return condition === '' ? '' : ` and ${condition}`;
  };
  return {
    active: statement(
      null,
      `select a.status, count(*) as count, min(a.created_at) as oldest from tenant t
       cross join machine_action a
       where a.tenant_id = t.id and a.${ACTIVE}${alive('a')} group by a.status order by a.status`,
    ),
    /** $1 seen before. */
    overdue: statement(
      null,
      `select count(*) as count from machine m
       where m.health_status = 'Active' and m.last_seen < $1${alive('m')}`,
    ),
    deliveries: statement(
      null,
      `select count(*) as count, min(d.created_at) as oldest from webhook w
       join webhook_delivery d on d.tenant_id = w.tenant_id and d.webhook_id = w.id
       where w.deleted_at is null and w.disabled_at is null and d.due_at is not null${alive('d')}`,
    ),
  };
};
