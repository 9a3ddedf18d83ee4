import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { checkDesired, checkReport } from '../contract/device-check.ts';
import { writeFileDurably } from './durable-file.ts';
import { AgentError } from './error.ts';
import type { ReleaseTimer } from './release-timer.ts';
import { type ControlEntry, EMPTY_STATE, type LedgerState } from './state.ts';

/** The device's memory. What is in it has been written before anything follows from it. */
export interface Ledger {
  state(): LedgerState;
  /**
   * Applies a change and resolves when it is durable. Changes happen one after another, each on the result of the one
   * before; one that returns the same state writes nothing. A change that cannot be written did not happen.
   * @throws AgentError `ledger`
   */
  update(change: (state: LedgerState) => LedgerState): Promise<void>;
}

const LEDGER_FILE = 'ledger.json';

/** A ledger that ends with the process, for simulated devices. */
export function createMemoryLedger(initial: LedgerState = EMPTY_STATE): Ledger {
  let state = initial;
  return {
    state: () => state,
    async update(change) {
      state = change(state);
    },
  };
}

/**
 * The ledger in a directory, one file of JSON with mode 0600.
 * @throws AgentError `ledger` when it cannot be read, or a later version of the agent wrote it
 */
export async function openFileLedger(directory: string, onDamage: (path: string) => void): Promise<Ledger> {
  const path = join(directory, LEDGER_FILE);
  const kept = await readLedger(directory);
  if (kept === 'damaged') {
    // Nothing can be learnt from it. Starting empty is safe: the server says again what is wanted, the driver's own
    // marker says what is in force, and the server's count of reports sets ours.
    const aside = `${path}.damaged`;
    await rename(path, aside);
    onDamage(aside);
  }
  let state = kept === null || kept === 'damaged' ? EMPTY_STATE : kept;
  let last: Promise<void> = Promise.resolve();

  const write = async (change: (state: LedgerState) => LedgerState): Promise<void> => {
    const next = change(state);
    if (next === state) return;
    try {
      await writeFileDurably(path, `${JSON.stringify(next)}\n`);
    } catch (cause) {
      throw new AgentError('ledger', `${path} cannot be written.`, { cause });
    }
    state = next;
  };

  return {
    state: () => state,
    update(change) {
      const result = last.then(() => write(change));
      last = result.catch(() => undefined);
      return result;
    },
  };
}

/**
 * What the ledger of a directory holds: null when there is none, `damaged` when it is not a ledger.
 * @throws AgentError `ledger` when it cannot be read, or a later version of the agent wrote it
 */
export async function readLedger(directory: string): Promise<LedgerState | 'damaged' | null> {
  const path = join(directory, LEDGER_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new AgentError('ledger', `${path} cannot be read.`, { cause });
  }
  return parseLedger(text, path);
}

function parseLedger(text: string, path: string): LedgerState | 'damaged' {
  let value: Partial<LedgerState> | null;
  try {
    value = JSON.parse(text) as Partial<LedgerState> | null;
  } catch {
    return 'damaged';
  }
  if (typeof value !== 'object' || value === null) return 'damaged';
  if (typeof value.version === 'number' && value.version > EMPTY_STATE.version) {
    throw new AgentError('ledger', `${path} was written by a later version of the agent.`);
  }
  return isLedger(value) ? value : 'damaged';
}

function isLedger(value: Partial<LedgerState>): value is LedgerState {
  return (
    value.version === EMPTY_STATE.version &&
    typeof value.epoch === 'string' &&
    Number.isSafeInteger(value.sequence) &&
    (value.facts === null || typeof value.facts === 'string') &&
    Array.isArray(value.controls) &&
    value.controls.every(isEntry) &&
    Array.isArray(value.reports) &&
    value.reports.every((report) => checkReport(report).ok)
  );
}

const PHASES: readonly ControlEntry['phase'][] = ['seen', 'accepted', 'done'];
const MODES: readonly ControlEntry['observed'][] = ['unmanaged', 'restricted', 'unrestricted'];

function isTimer(value: unknown): value is ReleaseTimer {
  if (typeof value !== 'object' || value === null) return false;
  const { at, left, mark, gap } = value as Partial<ReleaseTimer>;
  return (
    typeof at === 'string' &&
    Number.isFinite(left) &&
    (left ?? -1) >= 0 &&
    typeof mark?.boot === 'string' &&
    Number.isFinite(mark.milliseconds) &&
    typeof gap === 'boolean'
  );
}

function isEntry(value: unknown): value is ControlEntry {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Partial<ControlEntry>;
  return (
    checkDesired(entry.desired).ok &&
    entry.control === entry.desired?.control &&
    PHASES.includes(entry.phase as ControlEntry['phase']) &&
    MODES.includes(entry.observed as ControlEntry['observed']) &&
    (entry.acceptSequence === null || Number.isSafeInteger(entry.acceptSequence)) &&
    [entry.touched, entry.proven, entry.everProven, entry.undone].every((one) => typeof one === 'boolean') &&
    (entry.reason === null || typeof entry.reason === 'string') &&
    (entry.release === undefined || isTimer(entry.release)) &&
    (entry.released === undefined || entry.released === true)
  );
}
