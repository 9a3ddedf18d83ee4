/** One operation that only an emulator has; a server in production answers 404 at each of these addresses. */
export interface EmulatorOperation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly summary: string;
}

/** Below it stands everything that only an emulator has; none of it is journalled or subject to faults. */
export const EMULATOR_BASE = '/cordon/v1/emulator';

/**
 * A request header by which whoever watches an emulator gets through: rules and the journal leave its calls alone, those
 * for a token among them. Its value does not matter.
 */
export const CONTROL_HEADER = 'cordon-emulator-control';

export const EMULATOR_OPERATIONS = {
  getFaults: {
    method: 'GET',
    path: `${EMULATOR_BASE}/faults`,
    summary: 'Fault rules with how often each matched and fired',
  },
  setFaults: {
    method: 'PUT',
    path: `${EMULATOR_BASE}/faults`,
    summary: 'Replace the fault rules; every count begins at 0',
  },
  clearFaults: { method: 'DELETE', path: `${EMULATOR_BASE}/faults`, summary: 'Remove all fault rules' },
  getClock: { method: 'GET', path: `${EMULATOR_BASE}/clock`, summary: 'What the clock shows' },
  advanceClock: {
    method: 'POST',
    path: `${EMULATOR_BASE}/clock`,
    summary: 'Let time pass at once, and do what it makes due',
  },
  listJournal: {
    method: 'GET',
    path: `${EMULATOR_BASE}/journal`,
    summary: 'The calls that were received, oldest first',
  },
  clearJournal: { method: 'DELETE', path: `${EMULATOR_BASE}/journal`, summary: 'Empty the journal' },
  reset: {
    method: 'POST',
    path: `${EMULATOR_BASE}/reset`,
    summary: 'Everything as at the start: machines, actions, rules, clock, journal',
  },
} as const satisfies Record<string, EmulatorOperation>;

export type EmulatorOperationId = keyof typeof EMULATOR_OPERATIONS;
