import type { Hints } from './hints.ts';

/** The other processes on the same store. What is told may be lost: it saves waiting and decides nothing. */
export interface Neighbours {
  /** Tells the others a word without blanks: the id of a machine for whose device there may be news, or a change. */
  tell(word: string): void;
  /** Calls back with each word that others tell. */
  onTold(listener: (word: string) => void): void;
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
