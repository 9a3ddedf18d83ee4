import { statement } from '../sql.ts';

export const CALLS = {
  /** $1 tenant, $2 name, $3 end of a window that begins now, $4 calls to take, $5 now, $6 the limit. No row beyond it. */
  take: statement(
    'take calls',
    `insert into call_count (tenant_id, name, ends_at, taken) values ($1, $2, $3, $4)
     on conflict (tenant_id, name) do update set
       taken = case when call_count.ends_at <= $5 then 0 else call_count.taken end + excluded.taken,
       ends_at = case when call_count.ends_at <= $5 then excluded.ends_at else call_count.ends_at end
       where call_count.ends_at <= $5 or call_count.taken + excluded.taken <= cast($6 as integer)
     returning taken, ends_at`,
  ),
  window: statement('window of calls', 'select ends_at from call_count where tenant_id = $1 and name = $2'),
  expire: statement(
    'expire windows of calls',
    `delete from call_count where (tenant_id, name) in (
       select tenant_id, name from call_count where ends_at <= $1 order by ends_at limit $2)`,
  ),
} as const;
