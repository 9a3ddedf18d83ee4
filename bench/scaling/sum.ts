import type { Costs } from './inputs.ts';

export interface Fleet {
  readonly devices: number;
  /** Actions a second over all devices, in the busiest hour. */
  readonly actions: number;
}

/** How full processes are planned to be. */
export interface Plan {
  /** Share of one core that a process uses when all is well, 0 to 1. */
  readonly busy: number;
  /** Devices of one process. */
  readonly devices: number;
}

/** Half of a core leaves room for the devices of a process that fails; 10,000 devices are what the benchmark measures. */
export const PLAN: Plan = { busy: 0.5, devices: 10_000 };

export interface Needs {
  /** Of devices that are told nothing new. */
  readonly idleExchangesPerSecond: number;
  /** With those that actions add. */
  readonly exchangesPerSecond: number;
  /** Cores that all processes use together. */
  readonly cores: number;
  readonly processes: number;
  /** Share of its core that each process uses. */
  readonly busy: number;
  /** Resident memory that the devices of one process take, without and with TLS in it. */
  readonly bytesEach: number;
  readonly bytesEachTls: number;
  /** Rows written in a second that note when a waiting device was seen, many in one commit. */
  readonly seenPerSecond: number;
  readonly actionRowsPerSecond: number;
  /** Commits of actions, before processes put several into one. */
  readonly commitsPerSecond: number;
  /** Rows that processes read in a second to find what no notification told them, every five seconds. */
  readonly lookedAtPerSecond: number;
  /** Of the database's log, in a second. */
  readonly logBytesPerSecond: number;
  /** What a year of this rate adds to the store. */
  readonly rowsPerYear: number;
  readonly bytesPerYear: number;
  /** Databases that the commits of actions need at half of what one takes. */
  readonly databases: number;
}

/** Seconds between two looks at the controls of all waiting devices (`LOOK_EVERY` of the server). */
const LOOK = 5;
const YEAR = 365 * 86_400;

/** What a fleet needs, by multiplication alone. */
export function needsOf({ devices, actions }: Fleet, costs: Costs, plan: Plan = PLAN): Needs {
  const idleExchangesPerSecond = (devices * costs.exchangesPerDeviceMinute) / 60;
  // The exchanges that an action brings are in what it costs.
  const cores =
    (idleExchangesPerSecond * costs.serverMicrosecondsPerExchange +
      actions * costs.serverMicrosecondsPerAction) /
    1e6;
  const processes = Math.max(Math.ceil(cores / plan.busy), Math.ceil(devices / plan.devices));
  const commitsPerSecond = actions * costs.postgresCommitsPerAction;
  return {
    idleExchangesPerSecond,
    exchangesPerSecond: idleExchangesPerSecond + actions * costs.exchangesPerAction,
    cores,
    processes,
    busy: cores / processes,
    bytesEach: (devices / processes) * costs.bytesPerDevice,
    bytesEachTls: (devices / processes) * costs.bytesPerDeviceTls,
    seenPerSecond: idleExchangesPerSecond,
    actionRowsPerSecond: actions * costs.postgresRowsWrittenPerAction,
    commitsPerSecond,
    lookedAtPerSecond: devices / LOOK,
    logBytesPerSecond: actions * costs.postgresLogBytesPerAction,
    rowsPerYear: actions * costs.rowsPerAction * YEAR,
    bytesPerYear: actions * costs.bytesStoredPerAction * YEAR,
    databases: Math.max(1, Math.ceil(commitsPerSecond / (costs.postgresInsertPerSecond / 2))),
  };
}
