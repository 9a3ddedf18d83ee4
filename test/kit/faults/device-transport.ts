/** What stands between a simulated device and its server: loses answers, and repeats and reorders messages. */
import { AgentError } from '../../../src/agent/error.ts';
import { createTransport, type PostCall, type Transport } from '../../../src/agent/transport.ts';

/** Shares of the messages, 0 to 1, that meet with each; changed while devices talk. */
export interface DeviceWeather {
  /** The server has it, and its answer is lost. */
  lost: number;
  /** The server gets it twice, at the same time, and the answer to the second is lost. */
  doubled: number;
  /** It is lost, and comes to the server after the messages that follow it. */
  late: number;
  /** The server that the next message goes to. */
  address(): string;
}

/** Milliseconds that a late message is under way, at most. */
const LATEST = 1_500;

/**
 * A transport whose messages go where the weather says.
 * @param opened told of each transport, since they are closed by whoever made them
 */
export function weatheredTransport(
  weather: DeviceWeather,
  random: () => number,
  opened: (transport: Transport) => void,
): Transport {
  const transports = new Map<string, Transport>();
  const present = (): Transport => {
    const serverUrl = weather.address();
    const known = transports.get(serverUrl);
    if (known !== undefined) return known;
    const made = createTransport({ serverUrl, connections: Number.POSITIVE_INFINITY });
    transports.set(serverUrl, made);
    opened(made);
    return made;
  };
  const broken = () => new AgentError('unreachable', 'the connection was cut by the weather');

  const post = async (call: PostCall) => {
    const [loss, repetition, delay, wait] = [random(), random(), random(), random()];
    if (delay < weather.late) {
      const stale = { ...call, signal: AbortSignal.timeout(call.timeout) };
      setTimeout(() => present().post(stale).catch(ignored), wait * LATEST).unref();
      throw broken();
    }
    if (repetition < weather.doubled)
      present()
        .post({ ...call, signal: AbortSignal.timeout(call.timeout) })
        .catch(ignored);
    const answer = await present().post(call);
    if (loss < weather.lost) throw broken();
    return answer;
  };
  return {
    post,
    renew: () => {
      for (const transport of transports.values()) transport.renew();
    },
    close: () => {},
  };
}

/** What becomes of a copy is nobody's concern: the device never hears of it. */
const ignored = (): void => {};
