import { flag } from '../option.ts';
import { verb } from '../verb.ts';

export const demo = verb({
  name: 'demo',
  summary: 'see the whole job: restrict a simulated device, release it, read the proof',
  description: `Starts a server with a simulated fleet, takes a token, restricts a device and releases it,
and shows every exchange and the proof. Then it stays up, so that you can go on with the
other verbs and --emulator.`,
  arguments: [],
  options: { exit: flag('End with the tour instead of staying up') },
  examples: [
    { line: 'cordon demo', does: 'the tour, then a server to play with' },
    { line: 'cordon demo --exit', does: 'the tour only; ends with 0 when all of it went as it should' },
  ],
  run: async (values, _words, { io, runners }) => {
    await runners.demo({ exit: values.exit }, io.signal);
    return 'done';
  },
});
