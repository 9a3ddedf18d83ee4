/** `npm run bench`: runs the parts of the benchmark and gives their figures. `-- --help` says what there is. */
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { scratchDirectory } from '../test/kit/leftovers.ts';
import { WHOLE_NUMBER } from './command.ts';
import { FIGURES, type Figure, reaches } from './figures.ts';
import { helpText, SIZES } from './help.ts';
import { formatted } from './page/format.ts';
import { pageOf } from './page/page.ts';
import { plotOf } from './page/plot.ts';
import { hardwareHere, type PartRun, readRecord } from './page/record.ts';
import type { Sizes } from './parts/part.ts';
import { partsOf } from './parts/parts.ts';
import { runPart } from './run-part.ts';

/** A part that takes so many times as long as it should is ended. */
const PATIENCE = 4;
const LEAST_PATIENCE = 5;

const say = (text: string) => void process.stderr.write(`${text}\n`);
const usage = (problem: string): never => {
  say(`${problem}\n\`npm run bench -- --help\` says what there is.`);
  process.exit(2);
};

function read() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        directory: { type: 'string', default: tmpdir() },
        ...Object.fromEntries(Object.keys(SIZES).map((name) => [name, { type: 'string' as const }])),
      },
    });
    const given: Readonly<Record<string, unknown>> = values;
    const size = (name: string, preset: number) => {
      const text = given[name] ?? String(preset);
      if (!WHOLE_NUMBER.test(String(text)))
        throw new Error(`--${name} is a whole number from 1, not ${text}.`);
      return Number(text);
    };
    const sizes = Object.fromEntries(
      Object.entries(SIZES).map(([name, preset]) => [name, size(name, preset)]),
    ) as Record<keyof Sizes, number>;
    return { values, sizes, words: positionals, parts: partsOf(positionals) };
  } catch (error) {
    return usage((error as Error).message);
  }
}

const { values, sizes, words, parts } = read();
if (values.help) {
  process.stdout.write(helpText());
  process.exit();
}

const scratch = scratchDirectory('bench', values.directory);
// PostgreSQL runs as a user of its own, and must get through.
await chmod(scratch.path, 0o711);
const stopped = new AbortController();
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  // The part is asked first, which ends what it has started; what is left goes when this process exits.
  process.removeAllListeners(signal);
  process.once(signal, () => {
    say(`${signal}: ending what runs`);
    process.exitCode = status;
    stopped.abort();
  });
}

const wanted = (name: string, part: { readonly name: string }) =>
  words.length === 0 || words.includes(part.name) || words.includes(name);
const begin = performance.now();
const clock = () => {
  const seconds = Math.round((performance.now() - begin) / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
};
const minutes = Math.ceil(parts.reduce((sum, part) => sum + part.minutes, 0));
say(`${parts.map(({ name }) => name).join(', ')}: about ${minutes} minutes on two cores of their own`);

const runs: Record<string, PartRun> = {};
const hardware = hardwareHere();
const command = ['npm run bench --', ...process.argv.slice(2)].join(' ');
try {
  for (const part of parts) {
    if (stopped.signal.aborted) break;
    say(`${clock()} ── ${part.name}, about ${part.minutes} min: ${part.figures.join(', ')}`);
    const busyBefore = loadavg()[0]!;
    const started = performance.now();
    const outcome = await runPart(part, {
      sizes,
      directory: scratch.path,
      say: (text) => say(`${clock()} ${part.name}: ${text}`),
      patience: Math.max(LEAST_PATIENCE, part.minutes * PATIENCE) * 60_000,
      signal: stopped.signal,
    });
    for (const [name, reason] of Object.entries(outcome.reasons ?? {}))
      say(`${clock()} ${part.name}: ${name} is not measured: ${reason}`);
    runs[part.name] = {
      ...outcome,
      date: new Date().toISOString().slice(0, 10),
      command,
      hardware,
      busyBefore,
      seconds: (performance.now() - started) / 1000,
      sizes,
    };
  }
} finally {
  scratch.remove();
}
if (stopped.signal.aborted) process.exit();

const figures: Partial<Record<Figure, number | null>> = {};
const reasons: Partial<Record<Figure, string>> = {};
for (const part of parts)
  for (const name of part.figures.filter((one) => wanted(one, part))) {
    figures[name] = runs[part.name]?.figures[name] ?? null;
    if (figures[name] === null) reasons[name] = runs[part.name]?.reasons?.[name] ?? 'no reason is known';
  }
if (values.write) {
  const record = { ...readRecord(), ...runs };
  const docs = (file: string) => new URL(`../docs/${file}`, import.meta.url);
  await writeFile(docs('performance.json'), `${JSON.stringify(record, null, 2)}\n`);
  await writeFile(docs('performance.md'), pageOf(record));
  await writeFile(docs('performance.svg'), plotOf(record));
  // Its tables are computed from the record that was just written. What makes tables loads much, and only here is it needed.
  const { withTables } = await import('../scripts/docs/tables.ts');
  const scaling = await readFile(docs('scaling.md'), 'utf8');
  await writeFile(docs('scaling.md'), withTables('docs/scaling.md', scaling));
}
say(`${clock()} done`);
const details = Object.assign({}, ...parts.map(({ name }) => runs[name]?.details ?? {}));
if (values.json) process.stdout.write(`${JSON.stringify({ ...figures, reasons, details, sizes })}\n`);
else
  for (const [name, value] of Object.entries(figures) as [Figure, number | null][]) {
    const { sign, bar } = FIGURES[name];
    const verdict = value === null ? reasons[name] : reaches(name, value) ? 'reached' : 'missed';
    const found = value === null ? 'not measured' : formatted(name, value);
    process.stdout.write(
      `${name.padEnd(21)} ${found.padStart(12)}  ${`${sign} ${formatted(name, bar)}`.padEnd(12)} ${verdict}\n`,
    );
  }
process.exit(Object.values(figures).includes(null) ? 1 : 0);
