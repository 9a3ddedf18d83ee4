import { FIGURES } from './figures.ts';
import type { Sizes } from './parts/part.ts';
import { PARTS } from './parts/parts.ts';

/** Sizes when no option says otherwise: those that the bars are for. */
export const SIZES: Sizes = {
  starts: 7,
  devices: 10_000,
  rate: 200,
  seconds: 60,
  actions: 1_000_000,
  machines: 10_000,
  rounds: 5,
};

const SIZE_HELP: Readonly<Record<keyof Sizes, string>> = {
  starts: 'starts of the server that count',
  devices: 'devices that wait at the server',
  rate: 'actions a second asked for while they wait',
  seconds: 'for how long',
  actions: 'actions in the store whose lists are read',
  machines: 'machines, and so submissions in a round',
  rounds: 'rounds of submissions that count',
};

/** What `npm run bench -- --help` says. */
export function helpText(): string {
  const minutes = PARTS.reduce((sum, part) => sum + part.minutes, 0);
  const parts = PARTS.map(
    ({ name, figures, minutes: each }) =>
      `  ${name.padEnd(10)} about ${each} min: ${figures.map((figure) => `${figure} (${FIGURES[figure].sign} ${FIGURES[figure].bar})`).join(', ')}`,
  );
  const sizes = Object.entries(SIZE_HELP).map(
    ([name, text]) => `  --${`${name} N`.padEnd(14)} ${text} (${SIZES[name as keyof Sizes]})`,
  );
  return `npm run bench -- [PART or FIGURE …] [options]

Measures Cordon on this machine, about ${Math.ceil(minutes)} minutes on two cores with nothing else to do. Parts run one after
the other, each in a process of its own; one that fails costs its own figures only.

Parts with their figures and bars:
${parts.join('\n')}

Options:
  --json           print one JSON object with every figure that was asked for; null with its name in
                   "reasons" for one that could not be measured; what else was measured in "details"
  --write          put the figures into docs/performance.json, and make docs/performance.md, its plot and
                   the tables of docs/scaling.md of them
  --directory DIR  where databases are made; its disk is what a commit costs (the system's temporary one)
  --help           this text
Sizes; the bars are for the values in brackets:
${sizes.join('\n')}

Progress goes to standard error. Exit status: 0 all was measured, 1 a figure is null, 2 wrong usage,
130 or 143 ended by a signal, with every process and temporary file gone. A missed bar is no failure.

Examples:
  npm run --silent bench -- --json > figures.json
  npm run bench -- submit list
  npm run bench -- bytesPerDeviceTls --devices 2000
`;
}
