import type { ActionTarget } from '../domain/machine.ts';

/**
 * Targets of actions that were read before, so that a request for an action costs no read. Right only where nobody else
 * writes to the database, which an engine says of itself; elsewhere nothing is remembered. Whatever changes a target
 * forgets it when the write has ended, however it ended.
 */
export interface Targets {
  find(tenantId: string, machineId: string): ActionTarget | undefined;
  remember(target: ActionTarget): void;
  /** Does a write that changes the named machines, or any when none is named. */
  changing<T>(
    write: () => Promise<T>,
    machines?: readonly { tenantId: string; machineId: string }[],
  ): Promise<T>;
}

/** About 30 MB; a larger fleet starts to remember anew. */
const MOST = 50_000;

export function createTargets(exclusive: boolean): Targets {
  const known = new Map<string, ActionTarget>();
  const key = (tenantId: string, machineId: string): string => `${tenantId} ${machineId}`;
  return {
    find: (tenantId, machineId) => known.get(key(tenantId, machineId)),
    remember(target) {
      if (!exclusive) return;
      if (known.size >= MOST) known.clear();
      known.set(key(target.tenantId, target.id), target);
    },
    async changing(write, machines) {
      try {
        return await write();
      } finally {
        if (machines === undefined) known.clear();
        else for (const { tenantId, machineId } of machines) known.delete(key(tenantId, machineId));
      }
    },
  };
}
