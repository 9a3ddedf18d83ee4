import { seeded } from '../../src/load/plan.ts';
import type { Costs } from './inputs.ts';
import { exponential, poisson, served } from './queue.ts';
import type { Fleet } from './sum.ts';

export interface SimulationOptions extends Fleet {
  readonly seed: number;
  readonly processes: number;
  readonly costs: Costs;
  /** Simulated seconds. */
  readonly seconds: number;
  /** Second at which one process fails; its devices come to the others. Null for never. */
  readonly failsAt: number | null;
  /** Seconds over which a device that lost its server draws when to try again. */
  readonly backoff: number;
}

export interface Simulated {
  readonly exchangesPerSecond: number;
  /** Share of its core that a process used, on average of those that lived on. */
  readonly busy: number;
  /** Milliseconds from the arrival at a process to the end of the work for it. */
  readonly p50: number;
  readonly p99: number;
  /** Rows written in a second, on average and in the busiest one. */
  readonly rowsPerSecond: number;
  readonly mostRowsInASecond: number;
  /** Seconds from the failure until the last of its devices has had its answer; null without a failure. */
  readonly allBackIn: number | null;
  /** Milliseconds, of what arrived within ten seconds of the failure; null without a failure. */
  readonly p99AfterFailure: number | null;
}

/** Exchanges of a device that comes back before it waits again: one for a nonce, one that is held. */
const RETURN_EXCHANGES = 2;
const AFTER = 10;

/**
 * Processes as queues with one server. Exchanges of many devices that each come about once a minute are a Poisson stream, and
 * so are actions; the work for each is drawn from an exponential distribution, which is more uneven than it really is.
 */
export function simulate(options: SimulationOptions): Simulated {
  const { processes, costs, seconds, failsAt } = options;
  const random = seeded(options.seed);
  const each = options.devices / processes;
  const exchanges = (each * costs.exchangesPerDeviceMinute) / 60;
  const rows = new Float64Array(Math.ceil(seconds) + 1);
  const waits: number[] = [];
  const after: number[] = [];
  const returns = failsAt === null ? [] : spread(options, each, random);
  let [busy, calls, lastBack] = [0, 0, 0];

  for (let process = 0; process < processes; process += 1) {
    const fails = failsAt !== null && process === 0;
    const until = fails ? failsAt : seconds;
    const back = fails ? [] : (returns[process - 1] ?? []);
    const jobs = [
      ...poisson(exchanges, 0, until, random).map((at) => ({ at, kind: 'exchange' as const })),
      ...poisson(options.actions / processes, 0, until, random).map((at) => ({
        at,
        kind: 'action' as const,
      })),
      ...back.map((at) => ({ at, kind: 'return' as const })),
      // From then on the devices that came wait here.
      ...(failsAt === null || fails
        ? []
        : poisson(exchanges / (processes - 1), failsAt + options.backoff, seconds, random).map((at) => ({
            at,
            kind: 'exchange' as const,
          }))),
    ].sort((one, other) => one.at - other.at);
    const arrivals = Float64Array.from(jobs, ({ at }) => at);
    const takes = Float64Array.from(jobs, ({ kind }) => exponential(WORK[kind](costs) / 1e6, random));
    const done = served(arrivals, takes);
    for (const [job, { at, kind }] of jobs.entries()) {
      const wait = (done[job]! - at) * 1000;
      waits.push(wait);
      if (failsAt !== null && at >= failsAt && at < failsAt + AFTER) after.push(wait);
      if (kind === 'return') lastBack = Math.max(lastBack, done[job]!);
      if (kind === 'exchange') calls += 1;
      rows[Math.min(rows.length - 1, Math.floor(at))]! +=
        kind === 'action' ? costs.postgresRowsWrittenPerAction : 1;
    }
    if (!fails) busy += takes.reduce((sum, time) => sum + time, 0) / seconds;
  }
  return {
    exchangesPerSecond: calls / seconds,
    busy: busy / (failsAt === null ? processes : processes - 1),
    p50: percentile(waits, 0.5),
    p99: percentile(waits, 0.99),
    rowsPerSecond: rows.reduce((sum, count) => sum + count, 0) / seconds,
    mostRowsInASecond: Math.max(...rows),
    allBackIn: failsAt === null ? null : lastBack - failsAt,
    p99AfterFailure: failsAt === null ? null : percentile(after, 0.99),
  };
}

/** Microseconds of work for each kind of job. */
const WORK: Readonly<Record<'exchange' | 'action' | 'return', (costs: Costs) => number>> = {
  exchange: (costs) => costs.serverMicrosecondsPerExchange,
  action: (costs) => costs.serverMicrosecondsPerAction,
  return: (costs) => RETURN_EXCHANGES * costs.serverMicrosecondsPerExchange,
};

/** When the devices of the failed process come back, for each of the others. */
function spread({ processes, failsAt, backoff }: SimulationOptions, devices: number, random: () => number) {
  const moments = Array.from({ length: processes - 1 }, (): number[] => []);
  for (let device = 0; device < devices; device += 1)
    moments[Math.floor(random() * moments.length)]?.push(failsAt! + backoff * random());
  return moments;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
