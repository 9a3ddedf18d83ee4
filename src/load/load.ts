import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { LoadOptions, LoadReport } from '../contract/load.ts';
import type { WireMachineAction } from '../contract/machine-action.ts';
import type { Client } from '../sdk/index.ts';
import type { DeviceWatch } from './device.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { residentBytes } from './memory.ts';
import { claim, tagAll } from './owned.ts';
import { planned } from './plan.ts';
import { reportOf } from './report.ts';
import { createTally } from './tally.ts';
import { createTraffic, type Journey, type Traffic } from './traffic.ts';

/** The API as a run uses it. */
export interface LoadApi {
  /** For what stands around the load; repeats what it is asked to repeat. */
  readonly setup: Pick<Client, 'machines' | 'tag' | 'actions' | 'enrolmentTokens'>;
  /** For the load itself; makes each call once, so that what fails is counted. */
  readonly responder: Pick<Client, 'restrict' | 'unrestrict'>;
}

/** Minutes for which a token that was made for the run serves, beyond its ramp. */
const TOKEN_MINUTES = 30;
const TAGS_AT_ONCE = 16;

/**
 * `cordon load`: devices of its own come to a server, actions are asked for, and what was measured is the result. A signal
 * that aborts while actions are asked for ends that early; what was measured until then is the result.
 * @throws ForeignMachineError, AgentError, ClientError
 */
export async function runLoad(
  options: LoadOptions,
  { setup, responder }: LoadApi,
  signal: AbortSignal,
  told: (status: string) => void,
): Promise<LoadReport> {
  const failed = createTally();
  let traffic: Traffic | null = null;
  const watch: DeviceWatch = {
    delivered: (machineId, actionId) => traffic?.delivered(machineId, actionId),
    reported: (machineId, proven) => traffic?.reported(machineId, proven),
    failed: failed.add,
  };
  const memory = async () => (options.memory === null ? 0 : await residentBytes(options.memory));
  const before = await memory();
  const token = await enrolmentToken(options, setup);
  let fleet: Fleet | null = null;
  try {
    fleet = await startFleet({
      ...options,
      token: token.text,
      watch,
      signal,
      told: (count) => told(`enrolled ${count} of ${options.devices} devices`),
    });
    const { devices } = fleet;
    const owned = await claim(setup, options.run, devices);
    told(`tagging ${devices.length} machines`);
    await tagAll(setup, owned, devices, TAGS_AT_ONCE);
    const connected = await memory();
    traffic = createTraffic(responder, devices, owned);
    const plan = planned(options);
    told(`asking for ${plan.length} actions in ${options.duration / 1000} s`);
    const meter = startMeter(fleet);
    await traffic.ask(plan, signal);
    const used = meter();
    const after = await memory();
    told('waiting for what is under way');
    await traffic.settled(options.patience);
    const journeys = [...traffic.journeys];
    const busy = traffic.busy();
    const errors = { calls: traffic.errors(), exchanges: failed.all() };
    const statuses = await statusesOf(setup, journeys);
    if (options.cleanup) {
      told('releasing');
      await traffic.release(devices.filter((device) => device.isRestricted()));
      await traffic.settled(options.patience);
    }
    return reportOf({
      options,
      devices,
      enrolledIn: fleet.enrolledIn,
      planned: plan.length,
      busy,
      journeys,
      statuses,
      errors,
      memory: options.memory === null ? null : { before, connected, after },
      ...used,
    });
  } finally {
    await fleet?.stop();
    if (token.id !== null) await setup.enrolmentTokens.revoke(token.id);
  }
}

async function enrolmentToken(
  options: LoadOptions,
  api: LoadApi['setup'],
): Promise<{ readonly text: string; readonly id: string | null }> {
  if (options.enrolmentToken !== null) return { text: options.enrolmentToken, id: null };
  const minutes = TOKEN_MINUTES + Math.ceil(options.ramp / 60_000);
  const { token, id } = await api.enrolmentTokens.create({ uses: options.devices, minutes });
  return { text: token, id };
}

/** Measures what this process does until it is asked. */
function startMeter(fleet: Fleet) {
  const begin = performance.now();
  const cpu = process.cpuUsage();
  const exchanges = fleet.exchanges();
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  return () => {
    delay.disable();
    const askedFor = performance.now() - begin;
    const { user, system } = process.cpuUsage(cpu);
    return {
      askedFor,
      exchanges: fleet.exchanges() - exchanges,
      generator: {
        cores: Math.round((user + system) / askedFor / 10) / 100,
        residentBytes: process.memoryUsage.rss(),
        loopDelayP99: Math.round(delay.percentile(99) / 1e4) / 100,
      },
    };
  };
}

/** What the server says of the actions now. */
async function statusesOf(
  api: Pick<LoadApi['setup'], 'actions'>,
  journeys: readonly Journey[],
): Promise<ReadonlyMap<string, WireMachineAction['status']>> {
  const mine = new Set(journeys.flatMap(({ actionId }) => actionId ?? []));
  const statuses = new Map<string, WireMachineAction['status']>();
  if (mine.size === 0) return statuses;
  // To the millisecond below, since times of the wire have more digits and not all the same number.
  const earliest = journeys.reduce(
    (least, { createdAt }) => (createdAt === null ? least : Math.min(least, Date.parse(createdAt))),
    Number.POSITIVE_INFINITY,
  );
  const first = new Date(earliest).toISOString();
  for await (const { id, status } of api.actions({ filter: `creationDateTimeUtc ge ${first}` }))
    if (mine.has(id)) statuses.set(id, status);
  return statuses;
}
