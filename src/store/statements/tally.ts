import { type Dialect, type Statement, statement } from '../sql.ts';
import { ACTIVE } from './active.ts';

/** Each is served by a partial index that holds only what is counted. */
export const tallyReads = (dialect: Dialect): { readonly active: Statement; readonly overdue: Statement } => {
  const alive = (table: string) => {
    const condition = dialect.alive(table);
    return condition === '' ? '' : ` and ${condition}`;
  };
  return {
    active: statement(
      null,
      `select a.status, count(*) as count, min(a.created_at) as oldest from machine_action a
       where a.${ACTIVE}${alive('a')} group by a.status order by a.status`,
    ),
    /** $1 seen before. */
    overdue: statement(
      null,
      `select count(*) as count from machine m
       where m.health_status = 'Active' and m.last_seen < $1${alive('m')}`,
    ),
  };
};
