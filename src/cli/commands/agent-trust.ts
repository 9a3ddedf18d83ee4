import { flag, grouped } from '../option.ts';
import { AGENT_DATA, shown } from '../options/agent.ts';
import { OUTPUT } from '../options/output.ts';
import { verb } from '../verb.ts';

export const trust = verb({
  name: 'trust',
  summary: 'make the list of trusted files anew, of what is installed now',
  description: `Finds the programs, libraries and scripts of the installed packages and checks them against
dpkg's records, so that a restriction finds its list ready. While this device is restricted,
the enforcer is given the new list at once. dpkg calls it after each change of packages;
nothing that no package installed becomes trusted by it.`,
  arguments: [],
  options: {
    ...grouped('Packages', {
      afterPackages: flag('Do not wait for the agent unless this device is restricted; for the hook of dpkg'),
    }),
    ...AGENT_DATA,
    ...OUTPUT,
  },
  examples: [
    { line: 'cordon agent trust', does: 'after files were installed past dpkg’s hook' },
    { line: 'cordon agent trust --after-packages', does: 'as dpkg does' },
  ],
  run: async (values, _words, { io, runners }) => {
    const { data, afterPackages } = values;
    return shown(await runners.agentTrust({ data, afterPackages }), values, io);
  },
});
