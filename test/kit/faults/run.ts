/** Rounds of load with one fault each on one set of servers, judged at their end. */
import { PATIENCE, until } from '../processes.ts';
import { seeded } from '../random.ts';
import { type Violation, violations } from './checker.ts';
import { dealt, possible } from './deal.ts';
import { type Fleet, startFleet } from './fleet.ts';
import type { Accepted, History, Stored } from './history.ts';
import { applyLoad } from './load.ts';
import { type Engine, type Site, startSite } from './site.ts';
import { readStored } from './stored.ts';
import type { Fault, Weather, World } from './table.ts';

export interface RunOptions {
  readonly engine: Engine;
  /** Each round's fault, load and moments follow from it and the round's number. */
  readonly seed: number;
  readonly rounds: number;
  /** Requests of each round. */
  readonly requests: number;
  readonly devices: number;
  /** Seconds that a process is paused, at most. */
  readonly longestPause: number;
  /** Names of the faults to draw from; all that the engine can have when left out. */
  readonly faults?: readonly string[];
  /** Told of each round when it is over. */
  readonly say: (text: string) => void;
}

export interface RunResult {
  readonly rounds: number;
  /** Requests that were answered with 201, repetitions of a key not counted. */
  readonly accepted: number;
  readonly violations: readonly Violation[];
  /** Names of those that struck, a round each. */
  readonly faults: readonly string[];
}

const CALLERS = 6;
const FINAL: readonly string[] = ['Succeeded', 'Failed', 'TimeOut', 'Cancelled'];
const CALM = { lost: 0, doubled: 0, late: 0, callLost: 0 };

/** @throws Error when a round could not be carried out at all, such as a server that does not start again */
export async function runFaults(options: RunOptions): Promise<RunResult> {
  const { engine, seed, rounds, say } = options;
  const faults = dealt(possible(options), rounds, seeded(seed));
  await using site = await startSite(engine);
  const draw = seeded(seed);
  const weather: Weather = { ...CALM, address: () => pick(site, draw).url };
  const token = (await site.servers[0]!.api.enrolmentTokens.create({ uses: 2 * options.devices })).token;
  const fleet = await startFleet({ devices: options.devices, weather, random: draw, token });
  try {
    const accepted: Accepted[] = [];
    const cancelled: string[] = [];
    const before: Stored[] = [];
    const broken = new Map<string, Violation>();
    for (let round = 1; round <= rounds; round += 1) {
      const started = performance.now();
      const random = seeded(seed * 1_000_003 + round);
      const fault = faults[round - 1]!;
      const world: World = { site, weather, random, longestPause: options.longestPause };
      const answered = await struck(world, fault, fleet, { ...options, name: `${engine}-${seed}-${round}` });
      const loaded = performance.now();
      accepted.push(...answered.accepted);
      cancelled.push(...answered.cancelled);
      before.push(await readStored(site.read));
      const history = await atRest(site, fleet, { accepted, cancelled, before });
      before.splice(0, before.length, history.end);
      const known = broken.size;
      for (const one of violations(history)) broken.set(JSON.stringify(one), one);
      const seconds = (from: number, to: number) => ((to - from) / 1000).toFixed(1);
      say(
        `${engine} ${round}/${rounds} ${fault.name}: ${answered.accepted.length} accepted, ${broken.size - known} broken ` +
          `(${seconds(started, loaded)} s under load, ${seconds(loaded, performance.now())} s to rest)`,
      );
    }
    return {
      rounds,
      accepted: new Set(accepted.map(({ key }) => key)).size,
      violations: [...broken.values()],
      faults: faults.map(({ name }) => name),
    };
  } finally {
    await fleet.stop();
  }
}

/** The load with the fault beside it; afterwards all is calm again. */
async function struck(world: World, fault: Fault, fleet: Fleet, load: RunOptions & { name: string }) {
  const { site, weather, random } = world;
  // Drawn from apart: how often it is asked depends on what the servers answer.
  const chance = seeded(Math.floor(random() * 2 ** 31));
  const apis = await site.clients(async (address, init) => {
    const response = await fetch(address, init);
    if (chance() >= weather.callLost) return response;
    await response.body?.cancel();
    throw new TypeError('the answer was lost by the weather');
  });
  const { machineIds } = fleet;
  const { requests, name } = load;
  const loadRandom = seeded(Math.floor(random() * 2 ** 31));
  const [answered, end] = await Promise.all([
    applyLoad({ apis, machineIds, requests, callers: CALLERS, random: loadRandom, name }),
    fault.strike(world),
  ]);
  Object.assign(weather, CALM);
  await end?.();
  return answered;
}

/** Waits until everything has ended and every device has converged, or gives that up; the checker names what did not. */
async function atRest(
  site: Site,
  fleet: Fleet,
  told: Pick<History, 'accepted' | 'cancelled' | 'before'>,
): Promise<History> {
  const rest = async (): Promise<boolean> => {
    const { actions, controls } = await readStored(site.read);
    return actions.every(({ status }) => FINAL.includes(status)) && controls.every(fleet.settled);
  };
  await until('everything is at rest', rest, PATIENCE).catch(() => null);
  const end = await readStored(site.read);
  return { ...told, before: [...told.before], end, devices: await fleet.records() };
}

function pick({ servers }: Site, random: () => number) {
  return servers[Math.floor(random() * servers.length)]!;
}
