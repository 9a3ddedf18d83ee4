import { createTransport, type Transport } from '../agent/transport.ts';
import { type Device, type DeviceWatch, enrolDevice, nameOf } from './device.ts';
import { inParallel, until } from './pace.ts';
import { seeded } from './plan.ts';

export interface FleetOptions {
  readonly url: string;
  readonly run: string;
  readonly devices: number;
  /** Milliseconds over which they come. */
  readonly ramp: number;
  readonly delay: number;
  readonly seed: number;
  readonly token: string;
  readonly watch: DeviceWatch;
  readonly signal: AbortSignal;
  /** Told how many are enrolled. */
  readonly told: (enrolled: number) => void;
}

export interface Fleet {
  readonly devices: readonly Device[];
  /** Milliseconds that the enrolments took. */
  readonly enrolledIn: number;
  /** Exchanges that were answered so far. */
  exchanges(): number;
  /** Ends all devices; resolves when none of them works any more. */
  stop(): Promise<void>;
}

/** Enrolments under way at a time. */
const PARALLEL = 32;

/**
 * Enrols the devices and lets each wait at the server, over a connection of its own. Plain HTTP is allowed to any host,
 * since the key of each device is made for the run and guards nothing.
 * @throws AgentError of the first enrolment that failed; the devices have ended then
 */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const counted = countedTransport(
    createTransport({
      serverUrl: options.url,
      insecureHttp: true,
      connections: Number.POSITIVE_INFINITY,
    }),
  );
  /** One for each: a signal looks through all that listen to it when another does, which is at each wait of a device. */
  const ends: AbortController[] = [];
  const running: Promise<void>[] = [];
  const devices: Device[] = [];
  const stop = async () => {
    for (const end of ends) end.abort();
    await Promise.all(running);
    counted.transport.close();
  };
  const begin = performance.now();
  try {
    await inParallel(Array.from({ length: options.devices }), PARALLEL, async (_, index) => {
      options.signal.throwIfAborted();
      await until(begin + (options.ramp * index) / options.devices, options.signal);
      const device = await enrolDevice({
        ...options,
        name: nameOf(options.run, index),
        transport: counted.transport,
        random: seeded(options.seed + index),
      });
      devices[index] = device;
      const end = new AbortController();
      ends.push(end);
      running.push(device.run(end.signal));
      options.told(running.length);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    devices,
    enrolledIn: performance.now() - begin,
    exchanges: counted.answered,
    stop,
  };
}

function countedTransport(transport: Transport): { transport: Transport; answered: () => number } {
  let answered = 0;
  return {
    answered: () => answered,
    transport: {
      ...transport,
      async post(call) {
        const answer = await transport.post(call);
        answered += 1;
        return answer;
      },
    },
  };
}
