import type { Instant } from '../../contract/time.ts';
import type { MachineStore } from '../../store/port.ts';
import type { Log } from '../log.ts';

/** Notes that devices were seen, and writes it in batches: ten thousand long polls must not cost a write each. */
export interface Presence {
  seen(tenantId: string, machineId: string, at: Instant, externalAddress: string | null): void;
  /** Writes what was noted; keeps it for the next time when the store cannot. */
  flush(): Promise<void>;
}

export function createPresence(store: Pick<MachineStore, 'touchMachines'>, log: Log): Presence {
  let noted = new Map<
    string,
    { tenantId: string; machineId: string; at: Instant; externalAddress: string | null }
  >();
  return {
    seen(tenantId, machineId, at, externalAddress) {
      noted.set(machineId, { tenantId, machineId, at, externalAddress });
    },
    async flush() {
      if (noted.size === 0) return;
      const batch = noted;
      noted = new Map();
      try {
        await store.touchMachines([...batch.values()]);
      } catch (cause) {
        for (const [id, entry] of batch) if (!noted.has(id)) noted.set(id, entry);
        log.warn({ err: cause, machines: batch.size }, 'last-seen times could not be written');
      }
    },
  };
}
