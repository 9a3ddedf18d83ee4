import { CONNECTED_WITHIN } from '../../contract/console.ts';
import type { Instant } from '../../contract/time.ts';
import type { MachineStore } from '../../store/port.ts';
import type { Changes } from '../changes/changes.ts';
import type { Log } from '../log.ts';

/**
 * Notes that devices were seen, and writes it in batches: ten thousand long polls must not cost a write each. Who is heard
 * of again, and who is not heard of any more, is announced.
 */
export interface Presence {
  seen(tenantId: string, machineId: string, at: Instant, externalAddress: string | null): void;
  /** Writes what was noted; keeps it for the next time when the store cannot. */
  flush(): Promise<void>;
}

interface Heard {
  readonly tenantId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export function createPresence(options: {
  readonly store: Pick<MachineStore, 'touchMachines'>;
  readonly changes: Pick<Changes, 'announce'>;
  readonly milliseconds: () => number;
  readonly log: Log;
}): Presence {
  const { store, changes, milliseconds, log } = options;
  let noted = new Map<
    string,
    { tenantId: string; machineId: string; at: Instant; externalAddress: string | null }
  >();
  /** Those that are connected here, the one that was heard of longest ago first. */
  const heard = new Map<string, Heard>();
  let arrived = new Map<string, string>();
  const announce = (machineId: string, tenantId: string) =>
    changes.announce({ kind: 'machine', tenantId, machineId, actionId: null, status: null });

  /** One that went to another process meanwhile is announced too, which costs a look at it and does no harm. */
  const announceSilent = (): void => {
    const since = milliseconds() - CONNECTED_WITHIN;
    for (const [machineId, { tenantId, at }] of heard) {
      if (at >= since) return;
      heard.delete(machineId);
      announce(machineId, tenantId);
    }
  };

  return {
    seen(tenantId, machineId, at, externalAddress) {
      noted.set(machineId, { tenantId, machineId, at, externalAddress });
      if (!heard.delete(machineId)) arrived.set(machineId, tenantId);
      heard.set(machineId, { tenantId, at: milliseconds() });
    },
    async flush() {
      announceSilent();
      if (noted.size === 0) return;
      const batch = noted;
      noted = new Map();
      try {
        await store.touchMachines([...batch.values()]);
      } catch (cause) {
        for (const [id, entry] of batch) if (!noted.has(id)) noted.set(id, entry);
        log.warn({ err: cause, machines: batch.size }, 'last-seen times could not be written');
        return;
      }
      const written = arrived;
      arrived = new Map();
      for (const [machineId, tenantId] of written) announce(machineId, tenantId);
    },
  };
}
