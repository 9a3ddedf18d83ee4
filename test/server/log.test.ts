/** Nobody takes standard error: the server goes on, and its memory does not grow with what it has to say. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { atEnd } from '../kit/at-end.ts';
import { undoAtEnd } from '../kit/leftovers.ts';

const LOGGER = fileURLToPath(new URL('../../src/server/logger.ts', import.meta.url));
/** Writes 200 MB of lines at once, then tells on standard output how many were lost and what it takes. */
const CHATTER = `
  const { createLogger } = await import(${JSON.stringify(LOGGER)});
  let dropped = 0;
  const logger = createLogger('info', () => { dropped += 1; });
  const before = process.memoryUsage().rss;
  for (let line = 0; line < 200_000; line += 1) logger.info({ line }, 'x'.repeat(1000));
  console.log(JSON.stringify({ dropped, grown: process.memoryUsage().rss - before }));
`;

test('with standard error full, lines are lost and counted', async (context) => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', CHATTER], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const done = undoAtEnd(() => child.kill('SIGKILL'));
  atEnd(context, () => {
    done();
    child.kill('SIGKILL');
  });
  // Standard error is never read, as by a collector that hangs.
  const [told] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const { dropped, grown } = JSON.parse(told) as { dropped: number; grown: number };
  assert.ok(dropped > 150_000, `${dropped} lost`);
  assert.ok(grown < 120 << 20, `${grown >> 20} MB more`);
});
