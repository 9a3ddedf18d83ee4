import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTimeout } from '../../src/cli/values.ts';

test('an action has a second at the least before it times out', () => {
  for (const [written, milliseconds] of [
    ['1s', 1000],
    ['1500', 1500],
    ['PT5M', 300_000],
  ] as const)
    assert.equal(parseTimeout(written), milliseconds);
  for (const [written, milliseconds] of [
    ['0', 0],
    ['5', 5],
    ['999ms', 999],
  ] as const)
    assert.throws(() => parseTimeout(written), {
      message: `takes a duration of a second or more, such as 30s or P3D; "${written}" is ${milliseconds} ms`,
    });
});
