import type { ActionTypeName } from '../../../src/contract/control.ts';
import type { ActionStatus } from '../../../src/contract/machine-action.ts';
import { forget } from '../parts/kept.ts';
import { sharedValue } from '../parts/shared-value.ts';

/** One request of this tab, whose actions are followed to their ends. */
export interface Followed {
  /** Id of its first action. */
  readonly id: string;
  readonly type: ActionTypeName;
  readonly requestor: string;
  /** Who was signed in; nobody else is told. */
  readonly principal: string;
  /** When its first and its last action were accepted, as the wire says it. */
  readonly from: string;
  readonly to: string;
  /** By id of the action: the machine. */
  readonly machines: ReadonlyMap<string, { readonly id: string; readonly name: string }>;
  /** By id of the action, those that have ended. */
  readonly ends: ReadonlyMap<string, ActionStatus>;
}

/** What this tab has asked for and was not told to forget, oldest first. It outlives the page where the tab may keep it. */
export const followed = sharedValue<readonly Followed[]>([]);

/** Name under which the tab keeps it. */
export const FOLLOWED = 'followed';

/** When somebody signs out. */
export function forgetFollowed(): void {
  followed.set([]);
  forget(FOLLOWED);
}
