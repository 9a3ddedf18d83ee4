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
  /** By tenant and machine; a key of both would be put together and hashed anew for each call. */
  const known = new Map<string, Map<string, ActionTarget>>();
  let size = 0;
  const clear = (): void => {
    known.clear();
    size = 0;
  };
  const forget = (tenantId: string, machineId: string): void => {
    if (known.get(tenantId)?.delete(machineId) === true) size -= 1;
  };
  return {
    find: (tenantId, machineId) => known.get(tenantId)?.get(machineId),
    remember(target) {
      if (!exclusive) return;
      if (size >= MOST) clear();
      forget(target.tenantId, target.id);
      const ofTenant = known.get(target.tenantId) ?? new Map();
      known.set(target.tenantId, ofTenant.set(target.id, target));
      size += 1;
    },
    async changing(write, machines) {
      try {
        return await write();
      } finally {
        if (machines === undefined) clear();
        else for (const { tenantId, machineId } of machines) forget(tenantId, machineId);
      }
    },
  };
}
