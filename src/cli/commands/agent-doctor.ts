import type { DoctorFinding } from '../../contract/run-options.ts';
import type { Io } from '../io.ts';
import { AGENT_DATA } from '../options/agent.ts';
import { OUTPUT, writeJson } from '../options/output.ts';
import { harmless, type Paint, painter } from '../show/style.ts';
import { verb } from '../verb.ts';

const COLOURS: Readonly<Record<DoctorFinding['state'], Parameters<Paint>[0]>> = {
  ok: 'green',
  warning: 'yellow',
  problem: 'red',
};

export const doctor = verb({
  name: 'doctor',
  summary: 'tell what a restriction would do on this machine, before anyone needs it',
  description: `Looks at the kernel, the enforcer, the file systems, the list of trusted files, the agent's own
files and the way to the server, and says of each whether a restriction would work, with what
to do where it would not. Changes nothing. Ends with 0 when a restriction would work.`,
  arguments: [],
  options: { ...AGENT_DATA, ...OUTPUT },
  examples: [
    { line: 'cordon agent doctor', does: 'for people' },
    { line: 'cordon agent doctor --json', does: 'for a fleet' },
  ],
  run: async (values, _words, { io, runners }) => {
    const report = await runners.agentDoctor({ data: values.data });
    if (values.json) writeJson(io, report);
    else writeFindings(io, report.findings);
    return report.works ? 'done' : 'ended';
  },
});

function writeFindings(io: Io, findings: readonly DoctorFinding[]): void {
  const paint = painter(io.stdout, io);
  const wide = Math.max(0, ...findings.map(({ check }) => check.length));
  for (const { check, state, found, remedy } of findings) {
    io.stdout.write(`${paint(COLOURS[state], state.padEnd(7))}  ${check.padEnd(wide)}  ${harmless(found)}\n`);
    if (remedy !== null) io.stdout.write(`${' '.repeat(wide + 11)}→ ${harmless(remedy)}\n`);
  }
}
