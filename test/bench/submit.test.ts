import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { runSubmit } from '../../bench/submit/run.ts';
import { timesBetween } from '../../bench/submit/threads.ts';

const directory = mkdtempSync(join(tmpdir(), 'cordon-bench-test-'));
after(() => rmSync(directory, { recursive: true }));

test('the submission benchmark measures both servers in each round and leaves nothing behind', async () => {
  const lines: string[] = [];
  const result = await runSubmit({
    rounds: 3,
    warmUp: 1,
    machines: 40,
    connections: 8,
    directory,
    say: (text) => lines.push(text),
  });
  assert.equal(result.ratios.length, 3);
  assert.equal(result.submitSqliteRatio, result.ratio);
  assert.equal(result.ratio, result.ratios.toSorted((one, other) => one - other)[1]);
  for (const [name, value] of Object.entries(result)) {
    if (typeof value === 'number') assert.ok(Number.isFinite(value) && value >= 0, `${name} is ${value}`);
  }
  assert.ok(result.submitPerSecond > 0 && result.emptyPerSecond > 0 && result.submitMainMicroseconds > 0);
  assert.deepEqual(lines.map((line) => line.split(':')[0]).slice(1), [
    'warm-up',
    'round 1',
    'round 2',
    'round 3',
  ]);
  assert.deepEqual(readdirSync(directory), []);
});

test('a thread that began between two looks counts from its beginning', () => {
  assert.deepEqual(timesBetween({ main: 5 }, { main: 7, writer: 3 }), { main: 2, writer: 3 });
});
