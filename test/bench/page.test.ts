/** docs/performance.md and its plot against the table of figures and the record that they are made of. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { describe } from 'node:test';
import { FIGURE_NAMES, FIGURES, type Measured } from '../../bench/figures.ts';
import { SIZES } from '../../bench/help.ts';
import { pageOf } from '../../bench/page/page.ts';
import { plotOf } from '../../bench/page/plot.ts';
import type { PartRun } from '../../bench/page/record.ts';
import { PARTS, partsOf } from '../../bench/parts/parts.ts';

const HARDWARE = {
  processor: 'a processor',
  cores: 2,
  memoryGigabytes: 8,
  system: 'Linux 6',
  node: '26.0.0',
  cordon: '0.1.0',
  commit: 'abc1234+',
};
const run = (figures: Measured, more: Partial<PartRun> = {}): PartRun => ({
  figures,
  date: '2026-03-02',
  command: 'npm run bench -- --write',
  hardware: HARDWARE,
  busyBefore: 2.5,
  seconds: 61,
  sizes: SIZES,
  ...more,
});

describe('the page', () => {
  const page = pageOf({
    start: run({ startMs: 700 }),
    submit: run(
      { submitSqliteRatio: 0.3, submitVsPrism: null, submitVsMockoon: 12 },
      { reasons: { submitVsPrism: 'npm said no' }, details: { submitPerSecond: 9000 } },
    ),
    devices: run({ reconnectFailedCalls: 0, bytesPerDevice: 25_600 }),
  });

  test('says what was measured, on what, and which bars were missed', () => {
    assert.match(page, /^\| `startMs` \|.*\| 700 ms \| ≤ 600 ms \| \*\*no\*\* \|$/m);
    assert.match(page, /^\| `submitSqliteRatio` \|.*\| 0\.3 \| ≥ 0\.3 \| yes \|$/m);
    assert.match(page, /^\| `bytesPerDevice` \|.*\| 25\.0 KB \| ≤ 24\.0 KB \| \*\*no\*\* \|$/m);
    assert.match(page, /^\| `reconnectFailedCalls` \|.*\| 0 \| ≤ 0 \| yes \|$/m);
    assert.match(page, /a processor, 2 cores, 8 GB.*\(abc1234\+\): start, submit, devices$/m);
    assert.match(page, /load average before it 2\.5/);
    assert.match(page, /\| submit \| `submitPerSecond` \| 9000 \|/);
  });

  test('has a row for each figure of the table, also for one that was not measured', () => {
    for (const name of FIGURE_NAMES) assert.match(page, new RegExp(`^\\| \`${name}\` \\|`, 'm'));
    assert.match(page, /^\| `submitVsPrism` \|.*not measured: npm said no/m);
    assert.match(page, /^\| `listP99Ms` \|.*not measured: its part has not run/m);
  });
});

describe('the plot', () => {
  const widths = (svg: string) =>
    [...svg.matchAll(/class="(reached|missed)" x="([\d.]+)" .*width="([\d.]+)" height/g)].map(
      ([, kind, x, width]) => ({ kind, x: Number(x), width: Number(width) }),
    );

  test('puts what reaches its bar to the right of it and what misses it to the left', () => {
    const [reached, missed] = widths(
      plotOf({ start: run({ startMs: 300 }), tls: run({ bytesPerDeviceTls: 184_320 }) }),
    ).sort((one, other) => other.x - one.x);
    assert.equal(reached!.kind, 'reached');
    assert.equal(missed!.kind, 'missed');
    assert.equal(missed!.x + missed!.width, reached!.x);
    assert.equal(missed!.width, reached!.width, 'twice as good and half as good are as far');
  });

  test('stays inside of its frame, whatever was measured', () => {
    const wild = Object.fromEntries(
      PARTS.map(({ name, figures }) => [
        name,
        run(Object.fromEntries(figures.map((figure, index) => [figure, index % 2 === 0 ? 1e12 : 0]))),
      ]),
    );
    for (const { x, width } of widths(plotOf(wild)))
      assert.ok(x >= 0 && width > 0 && x + width <= 860, `${x} ${width}`);
  });

  test('can be read by those who do not see it, and says colours for dark pages', () => {
    const svg = plotOf({ start: run({ startMs: 700 }) });
    assert.match(svg, /<desc id="description">.*startMs is 700 ms, which misses its bar of at most 600 ms/);
    assert.match(svg, /prefers-color-scheme: dark/);
  });
});

describe('parts', () => {
  test('give each figure of the table once', () => {
    assert.deepEqual(PARTS.flatMap(({ figures }) => figures).toSorted(), FIGURE_NAMES.toSorted());
  });

  test('are found by their names and by those of their figures; no words are all', () => {
    const names = (words: readonly string[]) => partsOf(words).map(({ name }) => name);
    assert.deepEqual(names(['listGrowth', 'start']), ['start', 'list']);
    assert.equal(names([]).length, PARTS.length);
    assert.throws(() => partsOf(['list', 'nothing']), /no part or figure nothing\. Parts are start, /);
  });
});

describe('docs', () => {
  const docs = (file: string) => readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8');
  const record = JSON.parse(docs('performance.json'));

  test('performance.md and performance.svg are what is made of performance.json', () => {
    assert.equal(docs('performance.md'), pageOf(record));
    assert.equal(docs('performance.svg'), plotOf(record));
  });

  test('performance.md has a row for each figure of the table', () => {
    const rows = [...docs('performance.md').matchAll(/^\| `(\w+)` \|.*\| [≤≥] /gm)].map(([, name]) => name);
    assert.deepEqual(rows, Object.keys(FIGURES));
  });
});
