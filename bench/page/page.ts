import { FIGURE_NAMES, FIGURES, type Figure, reaches } from '../figures.ts';
import { PARTS } from '../parts/parts.ts';
import { formatted } from './format.ts';
import type { PartRun, PerformanceRecord } from './record.ts';

/** The text of docs/performance.md. */
export function pageOf(record: PerformanceRecord): string {
  return `# Performance

Made by \`npm run bench -- --write\` of [performance.json](performance.json); do not edit. Each figure is of one run on one machine,
with the load generator on the same cores; the bars are for two cores. What was missed is said as it is.

![How far each figure is from its bar](performance.svg)

| figure | what it is | measured | bar | reached |
| --- | --- | --- | --- | --- |
${FIGURE_NAMES.map((name) => row(name, record)).join('\n')}

To measure again: \`npm run bench\` (\`-- --help\` says how long it takes, and how to run less). Times and rates are worse
where other work takes part of the cores; the load average before each part says how much that was.

## How it is measured

${PARTS.map((part) => `- **${part.name}** (${part.figures.map((name) => `\`${name}\``).join(', ')}): ${part.how}\n  ${ranAs(record[part.name])}`).join('\n')}

## On what

${places(record).join('\n')}

## What else these runs gave

[Scaling](scaling.md) is computed from some of these.

| part | name | value |
| --- | --- | --- |
${PARTS.flatMap(({ name }) => Object.entries(record[name]?.details ?? {}).map(([detail, value]) => `| ${name} | \`${detail}\` | ${value} |`)).join('\n')}
`;
}

function row(name: Figure, record: PerformanceRecord): string {
  const { measures, sign, bar } = FIGURES[name];
  const { value, reason } = measured(name, record);
  const [found, reached] =
    value === null
      ? [`not measured: ${reason.replaceAll('|', '\\|')}`, '']
      : [formatted(name, value), reaches(name, value) ? 'yes' : '**no**'];
  return `| \`${name}\` | ${measures} | ${found} | ${sign} ${formatted(name, bar)} | ${reached} |`;
}

/** A figure of the record, or why there is none. */
export function measured(
  name: Figure,
  record: PerformanceRecord,
): { readonly value: number | null; readonly reason: string } {
  const part = PARTS.find(({ figures }) => figures.includes(name))!;
  const run = record[part.name];
  return {
    value: run?.figures[name] ?? null,
    reason: run === undefined ? 'its part has not run' : (run.reasons?.[name] ?? 'no reason is known'),
  };
}

function ranAs(run: PartRun | undefined): string {
  if (run === undefined) return 'Not run.';
  const sizes = Object.entries(run.sizes).map(([size, value]) => `${size} ${value}`);
  return `Run on ${run.date} by \`${run.command}\` in ${Math.round(run.seconds)} s, load average before it ${run.busyBefore.toFixed(1)}; ${sizes.join(', ')}.`;
}

/** A line for each place at which parts ran. */
function places(record: PerformanceRecord): string[] {
  const parts = new Map<string, string[]>();
  for (const [name, { hardware: on }] of Object.entries(record)) {
    const line = `${on.processor}, ${on.cores} cores, ${on.memoryGigabytes} GB, ${on.system}, Node ${on.node}, Cordon ${on.cordon}${on.commit === null ? '' : ` (${on.commit})`}`;
    parts.set(line, [...(parts.get(line) ?? []), name]);
  }
  return [...parts].map(([line, names]) => `- ${line}: ${names.join(', ')}`);
}
