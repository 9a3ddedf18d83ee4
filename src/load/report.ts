import { LOAD_TAG, type LoadOptions, type LoadReport } from '../contract/load.ts';
import type { WireMachineAction } from '../contract/machine-action.ts';
import type { Device } from './device.ts';
import { latencyOf } from './latency.ts';
import type { Journey } from './traffic.ts';

/** All that was seen of a run. */
export interface Observed {
  readonly options: LoadOptions;
  readonly devices: readonly Device[];
  /** Milliseconds. */
  readonly enrolledIn: number;
  readonly askedFor: number;
  readonly planned: number;
  readonly busy: number;
  readonly journeys: readonly Journey[];
  /** Statuses of the actions at the end, by id. */
  readonly statuses: ReadonlyMap<string, WireMachineAction['status']>;
  readonly errors: LoadReport['errors'];
  /** Exchanges answered while actions were asked for. */
  readonly exchanges: number;
  readonly memory: { readonly before: number; readonly connected: number; readonly after: number } | null;
  readonly generator: LoadReport['generator'];
}

/** The figures of a run. */
export function reportOf(seen: Observed): LoadReport {
  const { options, devices, journeys, memory } = seen;
  const seconds = seen.askedFor / 1000;
  const accepted = journeys.filter(({ actionId }) => actionId !== null);
  const since = (moment: 'answeredAt' | 'deliveredAt' | 'provenAt') =>
    accepted.flatMap((journey) => (journey[moment] === null ? [] : [journey[moment] - journey.askedAt]));
  const latency = {
    answered: latencyOf(since('answeredAt')),
    delivered: latencyOf(since('deliveredAt')),
    proven: latencyOf(since('provenAt')),
  };
  return {
    run: options.run,
    url: options.url,
    seed: options.seed,
    rate: options.rate,
    seconds: rounded(seconds),
    machines: {
      count: devices.length,
      first: devices[0]?.name ?? '',
      last: devices.at(-1)?.name ?? '',
      tag: LOAD_TAG,
      restricted: devices.filter((device) => device.isRestricted()).length,
    },
    enrolment: {
      seconds: rounded(seen.enrolledIn / 1000),
      perSecond: rounded(devices.length / (seen.enrolledIn / 1000)),
    },
    actions: {
      planned: seen.planned,
      busy: seen.busy,
      accepted: accepted.length,
      acceptedPerSecond: rounded(accepted.length / seconds),
      delivered: latency.delivered.count,
      proven: latency.proven.count,
      statuses: countedStatuses(accepted, seen.statuses),
    },
    latency,
    errors: seen.errors,
    exchangesPerSecond: rounded(seen.exchanges / seconds),
    memory:
      memory === null
        ? null
        : {
            beforeBytes: memory.before,
            connectedBytes: memory.connected,
            afterBytes: memory.after,
            bytesPerDevice: Math.round((memory.connected - memory.before) / devices.length),
          },
    generator: seen.generator,
  };
}

function countedStatuses(
  accepted: readonly Journey[],
  statuses: Observed['statuses'],
): LoadReport['actions']['statuses'] {
  const counts: Partial<Record<WireMachineAction['status'] | 'missing', number>> = {};
  for (const { actionId } of accepted) {
    const status = statuses.get(actionId ?? '') ?? 'missing';
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

const rounded = (value: number) => Math.round(value * 100) / 100;
