import assert from 'node:assert/strict';
import test from 'node:test';
import { pageOf } from '../../bench/parts/page.ts';
import type { Part } from '../../bench/parts/part.ts';

const PART: Part = {
  name: 'start',
  figures: ['startMs', 'listGrowth', 'submitSqliteRatio', 'deliverP50Ms'],
  measures: 'this and that',
  run: async () => ({}),
};
const SIZES = { starts: 3, devices: 2, rate: 1, seconds: 1, actions: 10, machines: 5, rounds: 1 };
const HARDWARE = {
  date: '2026-03-02',
  processor: 'a processor',
  cores: 2,
  memoryGigabytes: 8,
  system: 'Linux 6',
  node: '26.0.0',
  version: '0.1.0',
  busy: [0.25, 2.5],
} as const;

test('the page says what was measured, on what, and which bars were missed', () => {
  const page = pageOf(
    [PART],
    { startMs: 700, listGrowth: 1.1, submitSqliteRatio: 0.3, deliverP50Ms: null },
    SIZES,
    HARDWARE,
  );
  assert.match(page, /^\| `startMs` \| 700 \| ≤ 600 \| no \|$/m);
  assert.match(page, /^\| `submitSqliteRatio` \| 0\.3 \| ≥ 0\.3 \| yes \|$/m);
  assert.match(page, /^\| `listGrowth` \| 1\.1 \| \| \|$/m);
  assert.doesNotMatch(page, /\| `deliverP50Ms` \|/);
  assert.match(page, /a processor, 2 cores, 8 GB/);
  assert.match(page, /0\.3 before, 2\.5 after/);
  assert.match(page, /devices 2, rate 1, seconds 1, actions 10/);
});
