import { setTimeout as pause } from 'node:timers/promises';
import { type Fleet, startFleet } from '../../src/load/fleet.ts';
import { claim } from '../../src/load/owned.ts';
import { planned } from '../../src/load/plan.ts';
import { createTraffic, type Journey, type Traffic } from '../../src/load/traffic.ts';
import type { Surroundings } from './part.ts';
import type { Served } from './served.ts';

const SEED = 1;
const WARM_UP = 500;
/** Milliseconds between two looks at the server. */
export const LOOK_EVERY = 100;
const PATIENCE = 90_000;

/** Devices that wait at a server. They live in this process and share the cores with it. */
export interface Gathering {
  /** Enrols so many devices and waits until all of them wait. */
  come(run: string, devices: number): Promise<Fleet>;
  /** Asks for actions at the rate, and resolves when all is answered and reported. @throws Error when one was not delivered */
  ask(run: string, fleet: Fleet, rate: number, seconds: number): Promise<readonly Journey[]>;
  /** Ends all devices. */
  stop(): Promise<void>;
}

export function gatherAt(served: Served, say: Surroundings['say']): Gathering {
  const fleets: Fleet[] = [];
  let traffic: Traffic | null = null;
  return {
    async come(run, size) {
      const { token } = await served.api.enrolmentTokens.create({ uses: size, minutes: 600 });
      const fleet = await startFleet({
        ...{ url: served.url, run, devices: size, ramp: 0, delay: 0, seed: SEED, token },
        watch: {
          delivered: (machineId, actionId) => traffic?.delivered(machineId, actionId),
          reported: (machineId, proven) => traffic?.reported(machineId, proven),
          failed: () => undefined,
        },
        signal: new AbortController().signal,
        told: (enrolled) => {
          if (enrolled % 2500 === 0) say(`${enrolled} devices of ${size} enrolled`);
        },
      });
      fleets.push(fleet);
      await waiting(served, size);
      say(`${size} devices enrolled in ${(fleet.enrolledIn / 1000).toFixed(1)} s and waiting`);
      return fleet;
    },
    async ask(run, fleet, rate, seconds) {
      const owned = await claim(served.api, run, fleet.devices);
      traffic = createTraffic(served.api, fleet.devices, owned);
      const plan = planned({ devices: fleet.devices.length, rate, duration: seconds * 1000, seed: SEED });
      await traffic.ask(plan, new AbortController().signal);
      await traffic.settled(PATIENCE);
      const { journeys } = traffic;
      const delivered = journeys.filter(({ deliveredAt }) => deliveredAt !== null).length;
      say(`${delivered} of ${journeys.length} actions delivered, errors ${JSON.stringify(traffic.errors())}`);
      if (delivered < journeys.length)
        throw new Error(`${journeys.length - delivered} actions were not delivered.`);
      return journeys;
    },
    async stop() {
      for (const fleet of fleets) await fleet.stop();
    },
  };
}

/**
 * Bytes of resident memory that each device costs the server. The baseline is the server after a warm-up by devices that
 * have left, both after a collection; the devices are there afterwards.
 */
export async function memoryOfEach(
  served: Served,
  { come, ask }: Gathering,
  { devices, rate, seconds }: { devices: number; rate: number; seconds: number },
  say: Surroundings['say'],
): Promise<{ fleet: Fleet; bytesPerDevice: number }> {
  const warm = await come('warm', Math.min(WARM_UP, Math.ceil(devices / 4)));
  await ask('warm', warm, rate, Math.min(5, seconds));
  await warm.stop();
  await waiting(served, 0);
  const before = await served.resident();
  const fleet = await come('bench', devices);
  const after = await served.resident();
  say(`resident: ${before} bytes before, ${after} with ${devices} devices`);
  return { fleet, bytesPerDevice: Math.round((after - before) / devices) };
}

/** Resolves when so many devices wait at the server. */
export async function waiting(served: Served, count: number, patience = PATIENCE): Promise<void> {
  const end = performance.now() + patience;
  for (;;) {
    const now = await served.metric('cordon_devices_waiting');
    if (now === count) return;
    if (performance.now() > end) throw new Error(`${now} devices wait, not ${count}.`);
    await pause(LOOK_EVERY);
  }
}
