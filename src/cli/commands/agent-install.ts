import type { Io } from '../io.ts';
import { flag, grouped, required, text, value } from '../option.ts';
import { ENROLMENT, shown } from '../options/agent.ts';
import { OUTPUT } from '../options/output.ts';
import { parseAddress } from '../values.ts';
import { verb } from '../verb.ts';

/** Steps go to the error stream, so that what `--json` writes stays whole. */
const telling = (io: Io) => (line: string) => void io.stderr.write(`cordon: ${line}\n`);

export const install = verb({
  name: 'install',
  summary: 'install the agent on this machine: program, enforcer, enrolment, service',
  description: `Makes a Debian machine with systemd a device of the server, in one command: copies the
executable to /usr/local/lib/cordon, gets fapolicyd from the distribution's packages without a
moment in which it refuses anything, enrols, makes the list of trusted files, and starts the
service. Run again it goes on where it was interrupted; with a newer executable it updates.`,
  arguments: [],
  options: {
    ...ENROLMENT,
    ...grouped('Enrolment', {
      url: required(value('ADDRESS', 'Address of the server', parseAddress)),
      token: {
        ...text('TOKEN', 'Enrolment token, unless enrolled; the variable keeps it out of the process list'),
        variable: 'CORDON_ENROLMENT_TOKEN',
      },
    }),
    ...grouped('Program', {
      executable: text('FILE', 'Executable to install instead of the one that runs'),
    }),
    ...OUTPUT,
  },
  examples: [
    {
      line: 'CORDON_ENROLMENT_TOKEN=… cordon agent install --url https://cordon.example.org',
      does: 'everything, with the driver that fits',
    },
    {
      line: 'cordon agent install --url https://cordon.example.org --executable ./cordon-agent',
      does: 'update a device that is enrolled',
    },
  ],
  run: async (values, _words, { io, runners }) => {
    const { url, token, driver, ca: caFile, insecureHttp, executable } = values;
    const options = { url, token, driver, caFile, insecureHttp, executable, told: telling(io) };
    return shown(await runners.agentInstall(options, io.signal), values, io);
  },
});

export const uninstall = verb({
  name: 'uninstall',
  summary: 'take the agent off this machine, with everything that its install made',
  description: `Undoes each step of "cordon agent install", backwards: service, units, fapolicyd where it came
with the agent, program, key and ledger. A restricted device is not touched, since only a
person releases: release it at the server first.`,
  arguments: [],
  options: {
    ...grouped('Restriction', {
      release: flag('Release a restricted device here first; its server is not told'),
    }),
    ...OUTPUT,
  },
  examples: [
    { line: 'cordon agent uninstall', does: 'leave nothing' },
    { line: 'cordon agent uninstall --release', does: 'where the server is gone for good' },
  ],
  run: async (values, _words, { io, runners }) =>
    shown(await runners.agentUninstall({ release: values.release, told: telling(io) }), values, io),
});
