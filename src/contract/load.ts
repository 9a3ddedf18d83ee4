/** What `cordon load` is told and what it measured. Free of every library. */
import type { ActionStatus } from './machine-action.ts';

/** Tag of every machine that a load run has made. */
export const LOAD_TAG = 'cordon-load';

/** `cordon load`. Times are milliseconds. */
export interface LoadOptions {
  /** Address of the server, without a trailing slash. */
  readonly url: string;
  readonly devices: number;
  /** Actions a second, on average. */
  readonly rate: number;
  /** For how long actions are asked for. */
  readonly duration: number;
  /** Over how long the devices come; 0 as fast as they can. */
  readonly ramp: number;
  /** The same seed asks the same of the same devices at the same times. */
  readonly seed: number;
  /** Name of the run, part of the name of each machine. */
  readonly run: string;
  /** How long a device takes to carry an action out. */
  readonly delay: number;
  /** How long to wait after the end for what is under way. */
  readonly patience: number;
  /** Token with a use for each device; null makes one, and revokes it at the end. */
  readonly enrolmentToken: string | null;
  /** Release at the end what the run left restricted. */
  readonly cleanup: boolean;
  /** Where the memory of the server is read; null is nowhere. */
  readonly memory: LoadMemorySource | null;
}

export type LoadMemorySource =
  | { readonly kind: 'process'; readonly pid: number }
  | { readonly kind: 'metrics'; readonly url: string; readonly token: string | null };

/** Milliseconds; null where nothing was measured. */
export interface LoadLatency {
  readonly count: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly most: number | null;
}

/** What a run measured. */
export interface LoadReport {
  readonly run: string;
  readonly url: string;
  readonly seed: number;
  readonly rate: number;
  /** Seconds for which actions were asked for. */
  readonly seconds: number;
  /** The machines that the run has made; they stay at the server. */
  readonly machines: {
    readonly count: number;
    readonly first: string;
    readonly last: string;
    readonly tag: string;
    /** Those that were left restricted. */
    readonly restricted: number;
  };
  readonly enrolment: { readonly seconds: number; readonly perSecond: number };
  readonly actions: {
    readonly planned: number;
    /** Left out since the machine had not finished the action before. */
    readonly busy: number;
    readonly accepted: number;
    readonly acceptedPerSecond: number;
    readonly delivered: number;
    /** The device has proven it and the server has confirmed that it knows. */
    readonly proven: number;
    /** Statuses that the server gave the accepted actions, read at the end. */
    readonly statuses: Readonly<Partial<Record<ActionStatus | 'missing', number>>>;
  };
  /** From the request: until the answer 201, until the device had the order, until the server had the proof. */
  readonly latency: {
    readonly answered: LoadLatency;
    readonly delivered: LoadLatency;
    readonly proven: LoadLatency;
  };
  /** How many failed, by code: calls of the API and exchanges of the devices. */
  readonly errors: {
    readonly calls: Readonly<Record<string, number>>;
    readonly exchanges: Readonly<Record<string, number>>;
  };
  /** Exchanges that the devices made while actions were asked for. */
  readonly exchangesPerSecond: number;
  /** Resident memory of the server; the difference by the connected devices, with garbage that was not collected yet. */
  readonly memory: {
    readonly beforeBytes: number;
    readonly connectedBytes: number;
    readonly afterBytes: number;
    readonly bytesPerDevice: number;
  } | null;
  /** What the tool itself used while actions were asked for: near one core or late by much, it measures itself. */
  readonly generator: {
    readonly cores: number;
    readonly residentBytes: number;
    readonly loopDelayP99: number;
  };
}
