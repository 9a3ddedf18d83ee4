import { type Backoff, backoffDelay, REPAIR_BACKOFF } from './backoff.ts';
import type { ControlEntry } from './state.ts';

/**
 * What to do next about a control, and when.
 * - `rest`: nothing before something new arrives.
 * - `switch`: apply the mode and verify it.
 * - `reprove`: after a restart, put a proven restriction in force again and prove it again.
 * - `look`: see whether a proven restriction is still in force.
 */
export interface Plan {
  readonly step: 'rest' | 'switch' | 'reprove' | 'look';
  /** Milliseconds from now; null for `rest`. */
  readonly delay: number | null;
}

/** What only this run of the agent knows. */
export interface Memory {
  /** True when a restriction was put in force or proven since the start. */
  readonly reproven: boolean;
  /** Failures in a row of the present order. */
  readonly failures: number;
  /** Milliseconds since the last failure or look. */
  readonly since: number;
  /** In [0, 1), drawn once per failure. */
  readonly random: number;
}

const REST: Plan = { step: 'rest', delay: null };

/**
 * The next step. A restriction is enforced all the time; an unrestricted control converges once and is then the
 * owner's. A failure is tried again unless the server is about to decide where to go from it.
 */
export function plan(
  entry: ControlEntry | null,
  memory: Memory,
  driftSeconds: number | null,
  backoff: Backoff = REPAIR_BACKOFF,
): Plan {
  if (entry === null || entry.phase === 'seen') return REST;
  if (entry.phase === 'accepted') return { step: 'switch', delay: 0 };
  if (!entry.proven) {
    if (!mustRetry(entry)) return REST;
    const delay = memory.failures === 0 ? 0 : backoffDelay(backoff, memory.failures, memory.random);
    return { step: 'switch', delay: Math.max(0, delay - memory.since) };
  }
  if (entry.desired.mode !== 'restricted') return REST;
  if (!memory.reproven) return { step: 'reprove', delay: 0 };
  if (driftSeconds === null) return REST;
  return { step: 'look', delay: Math.max(0, driftSeconds * 1000 - memory.since) };
}

/**
 * While the action is active, its failure ends it and the server says what is wanted then. A restriction that could
 * not be undone may be half in force, so it is completed meanwhile. Once settled, the order stands until it is met.
 */
export function mustRetry(entry: ControlEntry): boolean {
  if (entry.desired.status === 'settled') return true;
  return entry.desired.mode === 'restricted' && !entry.undone;
}
