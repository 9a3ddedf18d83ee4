/**
 * `npm run bench`: runs the parts and gives their figures. `-- --json` prints one JSON object, `--only NAME` (a part or
 * a figure, repeatable) runs less, `--write` writes docs/performance.md, other options change the sizes.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { arch, cpus, loadavg, release, tmpdir, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { devices } from './parts/devices.ts';
import { list } from './parts/list.ts';
import { pageOf } from './parts/page.ts';
import type { Figure, Part, Sizes } from './parts/part.ts';
import { start } from './parts/start.ts';
import { submit } from './parts/submit.ts';

const PARTS: readonly Part[] = [start, devices, list, submit];

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    directory: { type: 'string', default: tmpdir() },
    starts: { type: 'string', default: '7' },
    devices: { type: 'string', default: '10000' },
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '60' },
    actions: { type: 'string', default: '1000000' },
    machines: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
  },
});
const say = (text: string) => void process.stderr.write(`${text}\n`);
const sizes: Sizes = {
  starts: Number(values.starts),
  devices: Number(values.devices),
  rate: Number(values.rate),
  seconds: Number(values.seconds),
  actions: Number(values.actions),
  machines: Number(values.machines),
  rounds: Number(values.rounds),
};
const wanted = (part: Part) =>
  values.only.length === 0 ||
  values.only.some((name) => name === part.name || part.figures.includes(name as Figure));
const unknown = values.only.filter(
  (name) => !PARTS.some((part) => part.name === name || part.figures.includes(name as Figure)),
);
if (unknown.length > 0) throw new Error(`There is no part or figure ${unknown.join(', ')}.`);

const busy = loadavg()[0]!;
const figures: Partial<Record<Figure, number | null>> = {};
for (const part of PARTS.filter(wanted)) {
  say(`── ${part.name}: ${part.measures}`);
  const directory = await mkdtemp(join(values.directory, 'cordon-bench-'));
  try {
    Object.assign(figures, await part.run(sizes, { directory, say }));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
if (values.write) {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const page = pageOf(PARTS.filter(wanted), figures, sizes, {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model ?? arch(),
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.versions.node,
    version,
    busy: [busy, loadavg()[0]!],
  });
  await writeFile(new URL('../docs/performance.md', import.meta.url), page);
}
if (values.json) process.stdout.write(`${JSON.stringify({ ...figures, sizes })}\n`);
else for (const [name, figure] of Object.entries(figures)) process.stdout.write(`${name} ${figure}\n`);
