import type { WireMachineAction } from '../../../src/contract/machine-action.ts';
import { orderOfWireTime } from '../../../src/contract/time.ts';

/**
 * The actions of a view with those replaced that were asked for again with the view's filter. One that did not come has
 * left the view; one that was not there has entered it, and is put where the order of creation says.
 * @param newestFirst whether the view is in that order; in another one, what is new waits for the next reading
 */
export function mergeActions(
  actions: readonly WireMachineAction[],
  asked: ReadonlySet<string>,
  came: readonly WireMachineAction[],
  newestFirst: boolean,
): WireMachineAction[] {
  const fresh = new Map(came.map((action) => [action.id, action]));
  const merged = actions.flatMap((action) => {
    const replacement = fresh.get(action.id);
    fresh.delete(action.id);
    return replacement ?? (asked.has(action.id) ? [] : action);
  });
  if (!newestFirst) return merged;
  for (const action of fresh.values()) {
    const created = orderOfWireTime(action.creationDateTimeUtc);
    const at = merged.findIndex((other) => orderOfWireTime(other.creationDateTimeUtc) < created);
    // Older than all that was read: it comes with the next page.
    if (at >= 0 || merged.length === 0) merged.splice(Math.max(at, 0), 0, action);
  }
  return merged;
}
