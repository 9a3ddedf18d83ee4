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
  /** False when a restriction that was in order at the last look is visibly not any more. Costs next to nothing. */
  glance?(): Promise<boolean>;
  /**
   * Puts the mode in force. Before the first change away from the owner's state it records the baseline, and
   * `unrestricted` restores that baseline.
   * @param order names the order when a restriction is a first one, which is on trial until it is confirmed; null or
   * absent where nothing may be undone any more. A driver without {@link Trials} makes no difference.
   */
  apply(mode: WantedMode, order?: string | null): Promise<Applied>;
  /** Tries the mode with canaries and says what was seen. Changes nothing that outlives the call. */
  verify(mode: WantedMode): Promise<Verification>;
  /**
   * Puts back what a first `apply('restricted')` changed, after a failed proof. True when the baseline is in force
   * again; a restriction that was confirmed stays, and the answer is false.
   */
  undo(): Promise<boolean>;
  /** What can be done about a restriction on trial; absent where a switch cannot lock anybody out. */
  readonly trials?: Trials;
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

/**
 * A first restriction is on trial: unless it is confirmed in time it is undone, by a process that outlives the agent and
 * at the next boot, so that nobody stays locked out by a restriction that nobody saw working.
 */
export interface Trials {
  /** Ends the trial, whose mode was proven: the restriction is kept from now on, over reboots too. */
  confirm(): Promise<Confirmed>;
  /** Why the restriction that was on trial for an order is undone; null when it was not, or by nobody but the agent. */
  ended(order: string): Promise<string | null>;
  /**
   * Undoes a restriction that is on trial. Idempotent, needs neither agent nor server.
   * @param trial the one trial that is meant; null for any
   */
  recover(trial: string | null): Promise<Recovery>;
  /** Waits until the time of a trial is over and undoes it then; returns early when there is nothing to undo any more. */
  guard(trial: string): Promise<Recovery>;
}

/** How a confirmation ended. Without it the restriction stays on trial. */
export type Confirmed =
  | { readonly ok: true; readonly took: Record<string, number>; readonly notes: string[] }
  | { readonly ok: false; readonly reason: string };

export interface Recovery {
  /** `nothing`: no restriction was on trial; `undone`: what the owner had is in force; `failed`: it could not be undone. */
  readonly outcome: 'nothing' | 'undone' | 'failed';
  /** One sentence for a person. */
  readonly detail: string;
}

export type { Check };
