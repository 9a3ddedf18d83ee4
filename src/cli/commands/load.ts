import { randomBytes } from 'node:crypto';
import { LOAD_TAG, type LoadMemorySource } from '../../contract/load.ts';
import type { Io } from '../io.ts';
import { flag, grouped, preset, text, type Values, value } from '../option.ts';
import { CONNECTION, prepare, readNamed } from '../options/connection.ts';
import { OUTPUT, writeJson } from '../options/output.ts';
import { writeLoadReport } from '../show/load.ts';
import { startProgress } from '../show/progress.ts';
import { UsageError } from '../usage-error.ts';
import { integerWithin, numberUpTo, parseAddress, parseDuration } from '../values.ts';
import { verb } from '../verb.ts';

const SECOND = 1000;

function parseRun(written: string): string {
  if (/^[a-z0-9]{1,20}$/.test(written)) return written;
  throw new UsageError(`takes up to 20 lower-case letters and digits; "${written}" has others`);
}

const OPTIONS = {
  ...grouped('Load', {
    devices: preset(value('N', 'Devices that wait at the server', integerWithin(1, 50_000)), 100),
    rate: preset(value('R', 'Actions asked for in a second, on average', numberUpTo(10_000)), 10),
    duration: preset(
      value('DURATION', 'For how long actions are asked for', parseDuration),
      30 * SECOND,
      '30s',
    ),
    ramp: preset(
      value('DURATION', 'Over how long the devices come', parseDuration),
      0,
      'as fast as they can',
    ),
    seed: preset(
      value(
        'N',
        'Decides which action is asked of which device at which time',
        integerWithin(0, 2_147_483_647),
      ),
      1,
    ),
    delay: preset(value('DURATION', 'How long a device takes to carry an action out', parseDuration), 0, '0'),
    patience: preset(
      value('DURATION', 'How long to wait after the end for what is under way', parseDuration),
      30 * SECOND,
      '30s',
    ),
  }),
  ...grouped('Machines', {
    enrolmentToken: {
      ...text(
        'TOKEN',
        'Enrolment token with a use for each device; the variable keeps it out of the process list',
      ),
      presetText: 'one is made, and revoked at the end',
    },
    run: {
      ...value('NAME', 'Name of the run, part of the names of its machines', parseRun),
      presetText: 'a random one',
    },
    cleanup: flag('Release at the end what the run left restricted'),
  }),
  ...grouped('Memory of the server', {
    serverPid: value('PID', 'Process of the server on this machine', integerWithin(1, 2_147_483_647)),
    metrics: value('ADDRESS', "The server's metrics, such as http://127.0.0.1:9464/metrics", parseAddress),
    metricsToken: text('FILE', 'File with the bearer token of scrapers'),
  }),
  ...OUTPUT,
  ...CONNECTION,
};

export const load = verb({
  name: 'load',
  summary: 'put load on a server with devices of its own, and measure it',
  description: `Enrols devices at a running server, each with a key of its own, and lets them wait there as
real agents do, over a connection each. Asks for restrictions and releases of them and
measures how long the answer, the order at the device and the proof take. The devices are
simulated: nothing on any computer changes.
It acts on the machines that it has made in this run and on no others. Their names begin
with load-NAME- and they have the tag ${LOAD_TAG}; they stay at the server as inactive
machines, since machines are never deleted. The application needs Machine.Read.All,
Machine.ReadWrite.All, Machine.RestrictExecution and, without --enrolment-token,
Cordon.Enrol.All. Its rate limit counts (cordon serve --rate-limit), 100 actions a minute
unless it was raised. For thousands of devices both sides need as many open files
(ulimit -n).`,
  arguments: [],
  options: OPTIONS,
  examples: [
    {
      line: 'cordon load --devices 1000 --rate 50 --credentials administrator.env',
      does: 'a thousand devices, fifty actions a second, for half a minute',
    },
    {
      line: `cordon load --devices 10000 --rate 200 --duration 5m --ramp 1m --cleanup \\
      --metrics http://127.0.0.1:9464/metrics --credentials administrator.env`,
      does: 'with the memory of the server for each device',
    },
    {
      line: 'cordon load --devices 20 --seed 7 --run a1 --json --emulator | jq .latency',
      does: 'the same load again, for a script',
    },
  ],
  run: async (values, _words, { io, runners }) => {
    const [{ client }, connection, memory] = await Promise.all([
      import('../../sdk/client.ts'),
      prepare(values, io),
      memorySource(values, io),
    ]);
    const system = io.system === undefined ? {} : { system: io.system };
    const { devices, rate, duration, ramp, seed, delay, patience, enrolmentToken, cleanup } = values;
    const progress = await startProgress(io);
    try {
      const report = await runners.load(
        {
          url: connection.url,
          devices,
          rate,
          duration,
          ramp,
          seed,
          run: values.run ?? randomBytes(3).toString('hex'),
          delay,
          patience,
          enrolmentToken,
          cleanup,
          memory,
        },
        {
          setup: client({ ...connection, ...system }),
          responder: client({ ...connection, ...system, retry: { attempts: 1 } }),
        },
        io.signal,
        progress.status,
      );
      progress.stop();
      if (values.json) writeJson(io, report);
      else await writeLoadReport(io, report);
      return 'done';
    } finally {
      progress.stop();
    }
  },
});

async function memorySource(values: Values<typeof OPTIONS>, io: Io): Promise<LoadMemorySource | null> {
  if (values.serverPid !== null && values.metrics !== null)
    throw new UsageError('--server-pid and --metrics exclude each other.');
  if (values.serverPid !== null) return { kind: 'process', pid: values.serverPid };
  if (values.metrics === null) return null;
  const file = values.metricsToken;
  const token = file === null ? null : await readNamed(file, '--metrics-token (CORDON_METRICS_TOKEN)', io);
  return { kind: 'metrics', url: values.metrics, token: token?.trim() ?? null };
}
