import type { Check, Control, Evidence, Mode, WantedMode } from '../../contract/device.ts';

/** What is in force, without changing anything. */
export interface Observation {
  /** `unmanaged` when nothing of ours is in force; `restricted` or `unrestricted` when our marker says we put it so. */
  mode: Mode;
  /** False when the mode our marker names is visibly not in force (enforcer stopped, rules changed). */
  intact: boolean;
  detail: string;
}

/** How an attempt to apply a mode ended. */
export type Applied =
  | { ok: true; changed: boolean; took: Record<string, number>; notes: string[] }
  | {
      ok: false;
      /** One sentence for a person: what failed, and what to do about it. */
      reason: string;
      /** True when the device is again as it was before the attempt. */
      undone: boolean;
      took: Record<string, number>;
      notes: string[];
    };

/** What the driver's checks say of a mode. `proven` is false when one check failed or the driver cannot prove. */
export interface Verification {
  proven: boolean;
  reason: string | null;
  evidence: Evidence;
}

/** What came of preparing for a restriction. */
export interface Preparation {
  readonly ready: boolean;
  /** One sentence for a person: what is ready, or what stands against it. */
  readonly detail: string;
}

/**
 * Switches one control on the device. Idempotent, safe to call again after a crash at any point, and without any
 * knowledge of the server. It throws only for faults of its own code; what goes wrong on the device is in the result.
 */
export interface Driver {
  readonly name: string;
  readonly control: Control;
  /** Version of the enforcer found on the device, null when there is none. */
  version(): Promise<string | null>;
  observe(): Promise<Observation>;
  /**
   * Puts the mode in force. Before the first change away from the owner's state it records the baseline, and
   * `unrestricted` restores that baseline.
   */
  apply(mode: WantedMode): Promise<Applied>;
  /** Tries the mode with canaries and says what was seen. Changes nothing that outlives the call. */
  verify(mode: WantedMode): Promise<Verification>;
  /** Puts back what `apply('restricted')` changed, after a failed proof. True when the baseline is in force again. */
  undo(): Promise<boolean>;
  /**
   * Does beforehand what would take a restriction long, and renews it while one is in force. Changes nothing that a
   * restriction does not change. A driver that needs no time has none.
   */
  prepare?(): Promise<Preparation>;
  /**
   * A newer order has come, or the agent stops. A driver that only waits may return early from `apply`; one that
   * changes the device carries on, and need not have this.
   */
  interrupt?(why: 'superseded' | 'stopping'): void;
}

export type { Check };
