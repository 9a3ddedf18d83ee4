import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { repeat } from '../../src/server/periodic.ts';
import type { Log } from '../../src/service/log.ts';
import { atEnd } from '../kit/at-end.ts';

test('a chore that keeps failing is told of once, until it fails in another way, and when it works again', async (context) => {
  const lines: string[] = [];
  const write = (level: string) => (fields: object, text: string) => {
    const { err } = fields as { err?: Error };
    lines.push([level, text, ...(err === undefined ? [] : [err.message])].join(': '));
  };
  const log = { info: write('info'), warn: write('warn'), error: write('error') } as unknown as Log;
  const failures = ['away', 'away', 'away', 'full', null, null, 'away'];
  let runs = 0;
  const over = new EventTarget();
  const chore = repeat('the chore', 1, log, async () => {
    const failure = failures[runs];
    runs += 1;
    if (runs > failures.length) over.dispatchEvent(new Event('all'));
    else if (failure !== null) throw new Error(failure);
  });
  atEnd(context, () => chore.stop());
  // What repeats does not keep a process.
  const waiting = setInterval(() => {}, 1000);
  atEnd(context, () => clearInterval(waiting));
  await once(over, 'all');
  await chore.stop();
  assert.deepEqual(lines, [
    'error: the chore failed and is tried again: away',
    'error: the chore failed and is tried again: full',
    'info: the chore works again',
    'error: the chore failed and is tried again: away',
    'info: the chore works again',
  ]);
});
