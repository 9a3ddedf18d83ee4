import type { Figure, Part, Sizes } from './part.ts';

/** Where and when the figures were measured. */
export interface Hardware {
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly system: string;
  readonly node: string;
  readonly version: string;
  /** Processes that wanted to run, on average of the last minute: before the first part and after the last. */
  readonly busy: readonly [before: number, after: number];
}

/** What each figure should reach on two cores with the load on the same machine. */
const BARS: Readonly<Record<Figure, readonly [sign: '≤' | '≥', bar: number] | null>> = {
  startMs: ['≤', 600],
  bytesPerDevice: ['≤', 24_576],
  deliverP50Ms: ['≤', 20],
  deliverP99Ms: ['≤', 150],
  reconnectSeconds: ['≤', 60],
  reconnectFailedCalls: ['≤', 0],
  listP99Ms: ['≤', 10],
  // Flat, which is no number.
  listGrowth: null,
  scanVictimP99Ms: ['≤', 50],
  submitSqliteRatio: ['≥', 0.3],
};

/** The text of docs/performance.md. Figures of parts that did not run are not on it. */
export function pageOf(
  parts: readonly Part[],
  figures: Readonly<Partial<Record<Figure, number | null>>>,
  sizes: Sizes,
  hardware: Hardware,
): string {
  const rows = parts.flatMap((part) =>
    part.figures.flatMap((name) => {
      const figure = figures[name];
      if (figure === undefined || figure === null) return [];
      const goal = BARS[name];
      if (goal === null) return [`| \`${name}\` | ${figure} | | |`];
      const [sign, bar] = goal;
      const reached = sign === '≤' ? figure <= bar : figure >= bar;
      return `| \`${name}\` | ${figure} | ${sign} ${bar} | ${reached ? 'yes' : 'no'} |`;
    }),
  );
  const [before, after] = hardware.busy.map((load) => load.toFixed(1));
  return `# Performance

Made by \`npm run bench -- --write\`; do not edit. Each figure is of this one run, with the load on the same machine.

- ${hardware.date}, Cordon ${hardware.version}, Node ${hardware.node}, ${hardware.system}
- ${hardware.processor}, ${hardware.cores} cores, ${hardware.memoryGigabytes} GB
- Processes that wanted to run (load average of a minute): ${before} before, ${after} after. Where it was above zero before, other work took
  part of the cores, and times are worse than on a machine of its own.
- Sizes: ${Object.entries(sizes)
    .map(([name, size]) => `${name} ${size}`)
    .join(', ')}

| figure | measured | bar | reached |
| --- | --- | --- | --- |
${rows.join('\n')}

${parts.map(({ name, measures, figures: names }) => `- **${name}** (${names.map((figure) => `\`${figure}\``).join(', ')}): ${measures}.`).join('\n')}
`;
}
