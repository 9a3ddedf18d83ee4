import { accessStore } from './access.ts';
import { actionStore } from './actions.ts';
import { callStore } from './calls.ts';
import { controlStore } from './controls.ts';
import { deviceStore } from './devices.ts';
import { keyStore } from './keys.ts';
import { machineStore } from './machines.ts';
import { createOutbox } from './outbox.ts';
import type { Store } from './port.ts';
import { retentionStore } from './retention.ts';
import { sessionStore } from './sessions.ts';
import { type Sql, step } from './sql.ts';
import { EMPTIED, KEYS } from './statements/keys.ts';
import { tallyStore } from './tally.ts';
import { createTargets } from './targets.ts';
import { webhookStore } from './webhooks.ts';

/** Written by {@link Store.ready}, so that a full disk is noticed before a caller meets it. */
const PROBE = 'ready';

/** The whole port over an open, migrated database. Disposing the store closes the database. */
export function openStore(sql: Sql): Store {
  const targets = createTargets(sql.exclusive);
  const outbox = createOutbox(sql);
  return {
    ...actionStore(sql, outbox),
    ...machineStore(sql, targets),
    ...controlStore(sql),
    ...deviceStore(sql),
    ...accessStore(sql, targets),
    ...keyStore(sql),
    ...retentionStore(sql),
    ...tallyStore(sql),
    ...callStore(sql),
    ...webhookStore(sql, outbox),
    ...sessionStore(sql),
    exclusive: sql.exclusive,
    async ready() {
      try {
        await sql.all(KEYS.setting, [PROBE]);
        await sql.batch([step(KEYS.change, [PROBE, '1'])]);
        return true;
      } catch {
        return false;
      }
    },
    async clear() {
      const unit = [...EMPTIED.map((statement) => step(statement, [])), step(KEYS.forget, [])];
      await targets.changing(() => outbox.changingAll(() => sql.batch(unit)));
    },
    [Symbol.asyncDispose]: () => sql.close(),
  };
}
