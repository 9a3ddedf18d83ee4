import { setTimeout as pause } from 'node:timers/promises';
import { type Fleet, startFleet } from '../../src/load/fleet.ts';
import { latencyOf } from '../../src/load/latency.ts';
import { claim } from '../../src/load/owned.ts';
import { planned } from '../../src/load/plan.ts';
import { createTraffic, type Traffic } from '../../src/load/traffic.ts';
import type { Part, Surroundings } from './part.ts';
import { type Served, startServed } from './served.ts';

const SEED = 1;
const WARM_UP = 500;
const PATIENCE = 60_000;
/** Milliseconds between two looks at the server, and between two calls of the responder in the storm. */
const LOOK_EVERY = 100;
const STORM_PATIENCE = 180_000;

/**
 * Devices that wait at one process on SQLite over plain HTTP, as behind a proxy: what each costs in memory, how long an
 * order takes to it, and how they come back after a restart. The devices live in this process and share the cores.
 */
export const devices: Part = {
  name: 'devices',
  figures: ['bytesPerDevice', 'deliverP50Ms', 'deliverP99Ms', 'reconnectSeconds', 'reconnectFailedCalls'],
  measures:
    'devices long-polling one process over plain HTTP: resident memory of each after collection; POST to delivered; all back after a restart, counted from its beginning, and calls that failed once the server was ready again',
  async run({ devices: count, rate, seconds }, { directory, say }) {
    const served = await startServed(directory);
    const fleets: Fleet[] = [];
    try {
      let traffic: Traffic | null = null;
      const come = async (run: string, size: number) => {
        const { token } = await served.api.enrolmentTokens.create({ uses: size, minutes: 600 });
        const fleet = await startFleet({
          ...{ url: served.url, run, devices: size, ramp: 0, delay: 0, seed: SEED, token },
          watch: {
            delivered: (machineId, actionId) => traffic?.delivered(machineId, actionId),
            reported: (machineId, proven) => traffic?.reported(machineId, proven),
            failed: () => undefined,
          },
          signal: new AbortController().signal,
          told: () => undefined,
        });
        fleets.push(fleet);
        await waiting(served, size);
        say(`${size} devices enrolled in ${(fleet.enrolledIn / 1000).toFixed(1)} s and waiting`);
        return fleet;
      };
      const ask = async (run: string, fleet: Fleet, milliseconds: number) => {
        const owned = await claim(served.api, run, fleet.devices);
        traffic = createTraffic(served.api, fleet.devices, owned);
        const plan = planned({ devices: fleet.devices.length, rate, duration: milliseconds, seed: SEED });
        await traffic.ask(plan, new AbortController().signal);
        await traffic.settled(PATIENCE);
        return traffic;
      };

      const warm = await come('warm', Math.min(WARM_UP, Math.ceil(count / 4)));
      await ask('warm', warm, Math.min(5, seconds) * 1000);
      await warm.stop();
      await waiting(served, 0);
      const before = await served.resident();
      const fleet = await come('bench', count);
      const after = await served.resident();
      say(`resident: ${before} bytes before, ${after} with ${count} devices`);

      const { journeys, errors } = await ask('bench', fleet, seconds * 1000);
      const delivered = latencyOf(
        journeys.flatMap(({ deliveredAt, askedAt }) => (deliveredAt === null ? [] : deliveredAt - askedAt)),
      );
      say(`${delivered.count} of ${journeys.length} actions delivered, errors ${JSON.stringify(errors())}`);
      if (delivered.count < journeys.length)
        throw new Error(`${journeys.length - delivered.count} actions were not delivered.`);

      const storm = await restart(served, count, say);
      return {
        bytesPerDevice: Math.round((after - before) / count),
        deliverP50Ms: delivered.p50,
        deliverP99Ms: delivered.p99,
        reconnectSeconds: Math.round(storm.seconds * 10) / 10,
        reconnectFailedCalls: storm.failedCalls,
      };
    } finally {
      for (const fleet of fleets) await fleet.stop();
      await served.stop();
    }
  },
};

/** Resolves when so many devices wait at the server. */
async function waiting(served: Served, count: number, patience = PATIENCE): Promise<void> {
  const end = performance.now() + patience;
  for (;;) {
    const now = await served.metric('cordon_devices_waiting');
    if (now === count) return;
    if (performance.now() > end) throw new Error(`${now} devices wait, not ${count}.`);
    await pause(LOOK_EVERY);
  }
}

/** Ends the server, starts it again, and lets a responder ask meanwhile. */
async function restart(
  served: Served,
  count: number,
  say: Surroundings['say'],
): Promise<{ seconds: number; failedCalls: number }> {
  const begin = performance.now();
  await served.stop();
  say(`the server has ended after ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  await served.start();
  say(`the server answers again after ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  let back = false;
  let [calls, failedCalls] = [0, 0];
  const responder = async () => {
    while (!back) {
      calls += 1;
      try {
        await served.api.actions({ top: 1 }).next();
      } catch {
        failedCalls += 1;
      }
      await pause(LOOK_EVERY);
    }
  };
  const asking = responder();
  try {
    await waiting(served, count, STORM_PATIENCE);
  } finally {
    back = true;
    await asking;
  }
  const seconds = (performance.now() - begin) / 1000;
  say(
    `all ${count} devices wait again after ${seconds.toFixed(1)} s; ${failedCalls} of ${calls} calls failed`,
  );
  return { seconds, failedCalls };
}
