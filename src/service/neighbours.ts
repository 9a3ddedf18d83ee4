import type { Hints } from './hints.ts';

/** The other processes on the same store. What is told may be lost: it saves waiting and decides nothing. */
export interface Neighbours {
  /** Tells the others that there may be news for a machine. */
  tell(machineId: string): void;
  /** Calls back with what others tell. */
  onTold(listener: (machineId: string) => void): void;
}

/** Hints that also reach exchanges waiting at other processes. */
export function shareHints(local: Hints, neighbours: Neighbours): Hints {
  neighbours.onTold(local.wake);
  return {
    ...local,
    wake(machineId) {
      local.wake(machineId);
      neighbours.tell(machineId);
    },
  };
}
