import { changed } from './actions.ts';
import type { CallStore } from './port.ts';
import { integer, text } from './records/value.ts';
import { guard, type Row, type Sql, step } from './sql.ts';
import { CALLS } from './statements/calls.ts';

/** What {@link CallStore} promises, over any engine. */
export function callStore(sql: Sql): CallStore {
  return {
    async takeCalls({ tenantId, name, limit, count, now, endsAt }) {
      const unit = [guard(CALLS.take, [tenantId, name, endsAt, count, now, limit])];
      const outcome = await sql.batch(unit);
      if (outcome.done) {
        const row = (outcome.results[0] as readonly Row[])[0];
        return { granted: true, taken: integer(row?.taken), endsAt: text(row?.ends_at) };
      }
      const row = (await sql.all(CALLS.window, [tenantId, name]))[0];
      return { granted: false, endsAt: row === undefined ? now : text(row.ends_at) };
    },
    async expireCalls(now, limit) {
      return changed(await sql.batch([step(CALLS.expire, [now, limit])]));
    },
  };
}
