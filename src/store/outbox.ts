import type { ActionEvent } from '../domain/action.ts';
import { type Outcome, type Sql, type Step, step } from './sql.ts';
import { DELIVERIES } from './statements/webhooks.ts';

/** Writes a transition with what webhooks are to be told of it, in one unit. */
export interface Outbox {
  /** Does the unit that writes the event, and a delivery for each webhook of its tenant. */
  write(unit: readonly Step[], event: ActionEvent): Promise<Outcome>;
  /** Does a write that may give the tenant a webhook; its unit must be handed to the engine before anything is awaited. */
  changing<T>(tenantId: string, write: () => Promise<T>): Promise<T>;
  /** Forgets what was learned of every tenant while a write is done. */
  changingAll<T>(write: () => Promise<T>): Promise<T>;
  /** Calls back when this process has written deliveries. */
  onDeliveries(listener: () => void): void;
}

/**
 * The statement itself finds the webhooks, so that it is right whoever made one. Where nobody else writes to the
 * database, a unit that found none lets later ones of its tenant leave the statement out, until a webhook is made; that
 * is all that a tenant without webhooks pays. With other processes nothing is left out.
 */
export function createOutbox(sql: Sql): Outbox {
  const without = new Set<string>();
  const listeners: (() => void)[] = [];
  /** Writes under way that may make a webhook, and how many there were: what a unit found while one was is old. */
  let open = 0;
  let begun = 0;

  const alsoTelling = async (unit: readonly Step[], event: ActionEvent): Promise<Outcome> => {
    const { tenantId, actionId, revision, status, at } = event;
    const before = begun;
    const enqueue = step(DELIVERIES.enqueue, [tenantId, actionId, revision, status, at]);
    const outcome = await sql.batch([...unit, enqueue]);
    if (!outcome.done) return outcome;
    if (outcome.results.at(-1) !== 0) for (const listener of listeners) listener();
    else if (sql.exclusive && open === 0 && begun === before) without.add(tenantId);
    return outcome;
  };
  const changing = async <T>(forget: () => void, write: () => Promise<T>): Promise<T> => {
    open += 1;
    begun += 1;
    forget();
    try {
      return await write();
    } finally {
      open -= 1;
    }
  };

  return {
    write: (unit, event) => (without.has(event.tenantId) ? sql.batch(unit) : alsoTelling(unit, event)),
    changing: (tenantId, write) => changing(() => without.delete(tenantId), write),
    changingAll: (write) => changing(() => without.clear(), write),
    onDeliveries: (listener) => void listeners.push(listener),
  };
}
