import type { ActionStatus } from '../../contract/machine-action.ts';

/** What has changed, told after the commit. */
export type Change =
  /** Something of a machine that lists show; an action where one moved. */
  | {
      readonly kind: 'machine';
      readonly tenantId: string;
      readonly machineId: string;
      readonly actionId: string | null;
      readonly status: ActionStatus | null;
    }
  /** Much, or who sees what; null stands for every tenant. */
  | { readonly kind: 'all'; readonly tenantId: string | null };

export interface Changes {
  announce(change: Change): void;
  /** Calls back with every change until it is called itself. */
  listen(listener: (change: Change) => void): () => void;
}

/** Changes within one process. */
export function createChanges(): Changes {
  const listeners = new Set<(change: Change) => void>();
  return {
    announce(change) {
      for (const listener of listeners) listener(change);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
