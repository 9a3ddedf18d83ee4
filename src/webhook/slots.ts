/** How many attempts may be under way at once. */

/** To one webhook. */
const EACH = 4;
/** To one whose last attempt failed: a receiver that hangs holds one connection, and not what others need. */
const FAILING = 1;
/** In all: one for each of many failing receivers, with room for those that answer. */
export const MOST = 128;

/** What is known of the receivers of this process. */
export interface Load {
  readonly total: number;
  readonly ofWebhook: number;
  readonly failing: boolean;
}

/** Further attempts that may begin to a webhook, 0 or more. */
export function freeSlots({ total, ofWebhook, failing }: Load): number {
  return Math.max(0, Math.min((failing ? FAILING : EACH) - ofWebhook, MOST - total));
}

/** Those first that were served longest ago, so that none waits for ever where all slots are taken. */
export function inTurn<T extends { readonly id: string }>(
  due: readonly T[],
  servedAt: ReadonlyMap<string, number>,
): T[] {
  return due.toSorted((one, other) => (servedAt.get(one.id) ?? 0) - (servedAt.get(other.id) ?? 0));
}
