import { flag, grouped, required, text, value } from '../option.ts';
import { AGENT_DATA, ENROLMENT, shown } from '../options/agent.ts';
import { logging } from '../options/listening.ts';
import { OUTPUT } from '../options/output.ts';
import { UsageError } from '../usage-error.ts';
import { parseAddress, parseDuration } from '../values.ts';
import { type VerbGroup, verb } from '../verb.ts';
import { doctor } from './agent-doctor.ts';
import { install, uninstall } from './agent-install.ts';
import { trust } from './agent-trust.ts';

/** Seconds, in whole. */
function parseDriftCheck(written: string): number {
  const seconds = Math.round(parseDuration(written) / 1000);
  if (seconds < 1 || seconds > 86_400) throw new UsageError('takes a duration from 1s to 1d');
  return seconds;
}

const enrol = verb({
  name: 'enrol',
  summary: 'make this device known to a server',
  description: `Makes a key pair on this device and registers it with an enrolment token from
"cordon enrolment-token create". The private key never leaves the device. Run once;
"cordon agent run" does the work afterwards. A device that is enrolled already replaces
its key, which needs the old key or a token bound to the machine.`,
  arguments: [],
  options: {
    ...ENROLMENT,
    ...grouped('Enrolment', {
      url: required(value('ADDRESS', 'Address of the server', parseAddress)),
      token: {
        ...required(text('TOKEN', 'Enrolment token; the variable keeps it out of the process list')),
        variable: 'CORDON_ENROLMENT_TOKEN',
      },
    }),
    ...AGENT_DATA,
    ...OUTPUT,
  },
  examples: [
    {
      line: 'CORDON_ENROLMENT_TOKEN=… cordon agent enrol --url https://cordon.example.org',
      does: 'enrol with the driver that fits',
    },
    {
      line: 'cordon agent enrol --url https://cordon.example.org --token … --driver observe',
      does: 'a trial: report what would be done and change nothing',
    },
  ],
  run: async (values, _words, { io, runners }) => {
    const { url, token, data, driver, ca: caFile, insecureHttp } = values;
    const options = { url, token, data, driver, caFile, insecureHttp };
    const report = await runners.agentEnrol(options, io.signal);
    if (!values.json && 'enrolment' in report && report.enrolment === 'key replaced') {
      io.stderr.write(
        'This device was enrolled already: it is the same machine, with a new key. What was under way on it has ended as Failed; the wanted mode stays.\n',
      );
    }
    return shown(report, values, io);
  },
});

const run = verb({
  name: 'run',
  summary: 'carry out what the server wants of this device',
  description: `Stays in touch with the server, applies the mode that is wanted, verifies it, reports the
proof, and puts a restriction back that was undone. Started by the service manager. After
a restart it applies and proves again before it reports. SIGINT or SIGTERM ends it; a
restriction stays in force.`,
  arguments: [],
  options: {
    ...grouped('Verification', {
      driftCheck: {
        ...value('DURATION', 'How often a proven restriction is verified again, 1s to 1d', parseDriftCheck),
        presetText: '5s',
      },
    }),
    ...grouped('Restriction', {
      allowUserNamespaces: flag(
        'Leave user namespaces allowed while restricted, for rootless containers and sandboxes; a way round',
      ),
      allowOpeningUntrusted: flag(
        'Let untrusted programs be opened and copied while restricted, as evidence; the dynamic loader runs them then',
      ),
      allowFuseMounts: flag('Let users mount FUSE file systems while restricted, as sshfs does; a way round'),
      allowMemoryPrograms: flag(
        'Leave programs in memory (memfd) allowed while restricted, for container runtimes; a way round',
      ),
    }),
    ...AGENT_DATA,
    ...logging('info'),
  },
  examples: [
    { line: 'cordon agent run', does: 'as the service does' },
    {
      line: 'cordon agent run --data ./agent --log-level debug',
      does: 'in the foreground, with every exchange',
    },
  ],
  run: async (values, _words, { io, runners }) => {
    const { data, logLevel, driftCheck: driftSeconds } = values;
    const leftOpen = {
      userNamespaces: values.allowUserNamespaces,
      openingUntrusted: values.allowOpeningUntrusted,
      fuseMounts: values.allowFuseMounts,
      memoryPrograms: values.allowMemoryPrograms,
    };
    const drift = driftSeconds === null ? {} : { driftSeconds };
    await runners.agentRun({ data, logLevel, leftOpen, ...drift }, io.signal);
    return 'done';
  },
});

const status = verb({
  name: 'status',
  summary: 'tell what this device was asked and what it has proven',
  description: `Reads the device's own ledger: the server it belongs to, the mode that is wanted, the mode
that was last verified, and reports that wait to be sent. Asks no server.`,
  arguments: [],
  options: { ...AGENT_DATA, ...OUTPUT },
  examples: [
    { line: 'cordon agent status', does: 'for people' },
    { line: 'cordon agent status --json', does: 'for scripts' },
  ],
  run: async (values, _words, { io, runners }) =>
    shown(await runners.agentStatus({ data: values.data }), values, io),
});

const recover = verb({
  name: 'recover',
  summary: 'undo a restriction that was never confirmed',
  description: `A first restriction is on trial until it was proven and the server was reached. The boot
service runs this before anything else, so that a device that was restarted in the middle
comes up as its owner left it. Undoes nothing that was confirmed, asks no server, and may
be run at any time.`,
  arguments: [],
  options: {
    ...grouped('Trial', {
      deadMan: text('TRIAL', 'Wait until the time of this trial is over; the agent starts this by itself'),
    }),
    ...AGENT_DATA,
    ...OUTPUT,
  },
  examples: [
    { line: 'cordon agent recover', does: 'as the boot service does' },
    { line: 'cordon agent recover --json', does: 'with the outcome for a script: nothing or undone' },
  ],
  run: async ({ data, deadMan, json }, _words, { io, runners }) =>
    shown(await runners.agentRecover({ data, deadMan }), { json }, io),
});

export const agent: VerbGroup = {
  name: 'agent',
  summary: 'enrol this device, carry out what is wanted of it, tell how it stands',
  description: 'What runs on a device. It asks the server what is wanted; the server never connects to it.',
  verbs: [install, uninstall, doctor, enrol, run, status, trust, recover],
};
