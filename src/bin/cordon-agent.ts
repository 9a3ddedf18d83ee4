/**
 * The agent alone: the entry of the single-file executable for devices. It has the verbs of `cordon agent`, and the
 * word `agent` before them is taken as well, so that a line from the documents works with either command.
 */
import { getAsset } from 'node:sea';
import { AGENT_VERSION } from '../agent/version.ts';
import { agent } from '../cli/commands/agent.ts';
import { licences } from '../cli/commands/licences.ts';
import { runCommandLine } from '../cli/run.ts';
import { underName } from '../cli/verb.ts';
import { AGENT_RUNNERS } from './agent-runners.ts';
import { processIo } from './process-io.ts';

const NAME = 'cordon-agent';
const absent = () => Promise.reject(new Error('This executable is the agent alone.'));
const words = process.argv.slice(2);

process.exitCode = await runCommandLine(
  words[0] === agent.name ? words.slice(1) : words,
  {
    Device: underName(agent.verbs, `cordon ${agent.name}`, NAME),
    About: [licences(() => getAsset('licences', 'utf8'))],
  },
  { name: NAME, version: AGENT_VERSION, description: agent.description },
  {
    ...AGENT_RUNNERS,
    serve: absent,
    emulate: absent,
    demo: absent,
    load: absent,
    mcp: absent,
    storeBackup: absent,
    storeRestore: absent,
    storeCopy: absent,
  },
  processIo(process),
);
