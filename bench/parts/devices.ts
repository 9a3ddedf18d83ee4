import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { latencyOf } from '../../src/load/latency.ts';
import { contentsOf } from './contents.ts';
import { gatherAt, LOOK_EVERY, memoryOfEach, waiting } from './gathering.ts';
import type { Part, Surroundings } from './part.ts';
import { type Served, startServed } from './served.ts';

const STORM_PATIENCE = 180_000;
/** Seconds, at most, in which nothing but waiting is measured: as long as a device waits, so that each comes about once. */
const IDLE = 50;

/**
 * Devices that wait at one process on SQLite over plain HTTP, as behind a proxy: what each costs in memory, how long an
 * order takes to it, and how they come back after a restart.
 */
export const devices: Part = {
  name: 'devices',
  figures: ['bytesPerDevice', 'deliverP50Ms', 'deliverP99Ms', 'reconnectSeconds', 'reconnectFailedCalls'],
  how: 'a server in a process of its own with `--expose-gc`, and the devices of `cordon load` in another one (with a young generation of 64 MB), which share the cores. The baseline of the memory is the server after a warm-up of up to 500 devices that have left, both after a collection; below a few thousand devices the difference is noise. Seconds of the reconnect storm count from the SIGTERM, failed calls from the moment the new process is ready: while no process listens, nobody can answer.',
  minutes: 5,
  async run({ devices: count, rate, seconds }, { directory, say }) {
    const served = await startServed(directory);
    const gathering = gatherAt(served, say);
    try {
      const { fleet, bytesPerDevice } = await memoryOfEach(
        served,
        gathering,
        { devices: count, rate, seconds },
        say,
      );
      const meter = async () => ({
        at: performance.now(),
        cpu: await served.metric('process_cpu_seconds_total'),
        exchanges: fleet.exchanges(),
      });
      const quiet = [await meter()];
      await pause(Math.min(IDLE, seconds) * 1000);
      quiet.push(await meter());
      const idle = spent(quiet[0]!, quiet[1]!);

      const path = join(directory, 'data', 'cordon.db');
      const empty = contentsOf(path);
      const busy = [await meter()];
      const journeys = await gathering.ask('bench', fleet, rate, seconds);
      busy.push(await meter());
      const asked = spent(busy[0]!, busy[1]!);
      const full = contentsOf(path);
      const delivered = latencyOf(
        journeys.flatMap(({ deliveredAt, askedAt }) => (deliveredAt === null ? [] : deliveredAt - askedAt)),
      );
      const storm = await restart(served, count, say);
      return {
        figures: {
          bytesPerDevice,
          deliverP50Ms: delivered.p50,
          deliverP99Ms: delivered.p99,
          reconnectSeconds: Math.round(storm.seconds * 10) / 10,
          reconnectFailedCalls: storm.failedCalls,
        },
        details: {
          enrolmentsPerSecond: Math.round(count / (fleet.enrolledIn / 1000)),
          exchangesPerDeviceMinute: rounded((idle.exchanges / count / idle.seconds) * 60),
          serverMicrosecondsPerExchange: Math.round((idle.cpu / idle.exchanges) * 1e6),
          serverMicrosecondsPerAction: Math.round(
            ((asked.cpu - (idle.cpu / idle.seconds) * asked.seconds) / journeys.length) * 1e6,
          ),
          exchangesPerAction: rounded(
            (asked.exchanges - (idle.exchanges / idle.seconds) * asked.seconds) / journeys.length,
          ),
          rowsPerAction: rounded((full.rows - empty.rows) / journeys.length),
          bytesStoredPerAction: Math.round((full.bytes - empty.bytes) / journeys.length),
        },
      };
    } finally {
      await gathering.stop();
      await served.stop();
    }
  },
};

interface Reading {
  readonly at: number;
  /** Seconds of processor time of the server. */
  readonly cpu: number;
  readonly exchanges: number;
}

function spent(before: Reading, after: Reading) {
  return {
    seconds: (after.at - before.at) / 1000,
    cpu: after.cpu - before.cpu,
    exchanges: after.exchanges - before.exchanges,
  };
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

const rounded = (value: number) => Math.round(value * 100) / 100;
