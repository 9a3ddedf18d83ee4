import type { ActionStatus } from '../contract/machine-action.ts';
import { SCAN_DEADLINE_MS } from './page.ts';
import type { TallyStore } from './port.ts';
import { integer, maybeText, text } from './records/value.ts';
import type { Sql } from './sql.ts';
import { tallyReads } from './statements/tally.ts';

/** What {@link TallyStore} promises, over any engine. */
export function tallyStore(sql: Sql): TallyStore {
  const reads = tallyReads(sql.dialect);
  return {
    async tally(seenBefore) {
      const [active, overdue, deliveries] = await Promise.all([
        sql.scan(reads.active, [], SCAN_DEADLINE_MS),
        sql.scan(reads.overdue, [seenBefore], SCAN_DEADLINE_MS),
        sql.scan(reads.deliveries, [], SCAN_DEADLINE_MS),
      ]);
      return {
        active: active.map((row) => ({
          status: text(row.status) as ActionStatus,
          count: integer(row.count),
          oldest: text(row.oldest),
        })),
        overdueMachines: integer(overdue[0]?.count),
        deliveries: {
          count: integer(deliveries[0]?.count),
          oldest: maybeText(deliveries[0]?.oldest),
        },
      };
    },
    waiting: () => sql.waiting(),
  };
}
