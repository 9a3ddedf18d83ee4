import type { WireClock } from '../contract/emulator/clock.ts';
import type { WireFaults } from '../contract/emulator/fault-rules.ts';
import type { WireJournal } from '../contract/emulator/journal.ts';
import { EMULATOR_OPERATIONS } from '../contract/emulator/operations.ts';
import type { Transport } from './transport.ts';

export interface JournalQuery {
  /** Id of an operation, `token` or `discovery`. */
  readonly operation?: string;
  /** Entries after the one of this id, or of this time and later. */
  readonly since?: string;
  /** `429`, or a class such as `4xx`. */
  readonly status?: string;
}

/** What only an emulator can do; needs the permission to manage. */
export interface EmulatorVerbs {
  readonly emulator: {
    /** The fault rules with their counts. */
    faults(): Promise<WireFaults>;
    /** Replaces the rules by the content of a rule file, which the emulator checks. */
    setFaults(content: unknown): Promise<WireFaults>;
    clearFaults(): Promise<void>;
    clock(): Promise<WireClock>;
    /** @param duration ISO 8601, `PT1S` or longer */
    advance(duration: string): Promise<WireClock>;
    journal(query?: JournalQuery): Promise<WireJournal>;
    clearJournal(): Promise<void>;
    reset(): Promise<{ machines: number }>;
  };
}

export function emulatorVerbs(call: Transport): EmulatorVerbs {
  const routes = EMULATOR_OPERATIONS;
  return {
    emulator: {
      faults: () => call(routes.getFaults),
      setFaults: (body) => call(routes.setFaults, { body }),
      clearFaults: () => call(routes.clearFaults),
      clock: () => call(routes.getClock),
      advance: (duration) => call(routes.advanceClock, { body: { Advance: duration } }),
      journal: (query = {}) =>
        call(routes.listJournal, { query: new URLSearchParams(query as Record<string, string>) }),
      clearJournal: () => call(routes.clearJournal),
      reset: () => call(routes.reset),
    },
  };
}
