/** What clients, the store and the devices say of a run: all that the checker reads. */
import type { Mode, WantedMode } from '../../../src/contract/control.ts';
import type { ActionStatus } from '../../../src/contract/machine-action.ts';

/** A request that was answered with 201. */
export interface Accepted {
  readonly actionId: string;
  readonly machineId: string;
  readonly mode: WantedMode;
  /** Its `Idempotency-Key`; repetitions are entries of their own. */
  readonly key: string;
}

/** One transition of an action, or what was noted after it (`late` above 0). */
export interface EventRecord {
  readonly revision: number;
  readonly late: number;
  /** An instant; as text in the order of time. */
  readonly at: string;
  readonly status: ActionStatus;
  /** Evidence with at least one check, and every one passed. */
  readonly proof: boolean;
}

export interface ActionRecord {
  readonly id: string;
  readonly machineId: string;
  readonly mode: WantedMode;
  readonly status: ActionStatus;
  readonly generation: number;
  /** By revision, then `late`. */
  readonly events: readonly EventRecord[];
}

export interface ControlRecord {
  readonly machineId: string;
  readonly mode: Mode;
  readonly generation: number;
}

/** What a device itself knows. */
export interface DeviceRecord {
  readonly machineId: string;
  /** In force according to its driver. */
  readonly mode: Mode;
  /** Generations whose order failed there, and whose change it says to have undone. */
  readonly undone: readonly number[];
}

export interface Stored {
  readonly actions: readonly ActionRecord[];
  readonly controls: readonly ControlRecord[];
}

export interface History {
  readonly accepted: readonly Accepted[];
  /** Actions whose cancellation was answered with 200. */
  readonly cancelled: readonly string[];
  /** What the store said before, in the order of the readings. */
  readonly before: readonly Stored[];
  readonly end: Stored;
  readonly devices: readonly DeviceRecord[];
}
